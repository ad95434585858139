boots
testdata/golden/input/zeros.journal
