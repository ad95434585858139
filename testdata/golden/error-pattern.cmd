boots
testdata/small/absent-*
