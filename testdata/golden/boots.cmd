boots
testdata/demo
