boots
testdata/demo
--color
always
