boots
testdata/demo
--frobnicate
