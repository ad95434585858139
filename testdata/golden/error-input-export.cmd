boots
testdata/golden/input/export.journal
