show
testdata/demo
-n
