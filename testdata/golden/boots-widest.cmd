COLUMNS=200
boots
testdata/demo
