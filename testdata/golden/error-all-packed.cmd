boots
testdata/golden/input
