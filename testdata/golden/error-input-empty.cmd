boots
testdata/golden/input/empty.journal
