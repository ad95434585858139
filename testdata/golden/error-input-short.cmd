boots
testdata/golden/input/short.journal
