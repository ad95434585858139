boots
testdata/golden/input/zstd.journal
