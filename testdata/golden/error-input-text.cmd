boots
testdata/golden/input/text.journal
