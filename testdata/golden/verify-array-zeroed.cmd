verify
testdata/broken/array-zeroed.journal
