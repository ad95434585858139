boots
testdata/demo
-p
err
