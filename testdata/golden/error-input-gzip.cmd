boots
testdata/golden/input/gzip.journal
