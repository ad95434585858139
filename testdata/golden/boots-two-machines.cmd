boots
testdata/demo
testdata/small/sd257-zstd-keyed-compact.journal
