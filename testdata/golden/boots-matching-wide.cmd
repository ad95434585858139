COLUMNS=130
boots
testdata/demo
-p
err
