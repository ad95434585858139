boots
testdata/small/sd257-*-keyed-compact.journal
