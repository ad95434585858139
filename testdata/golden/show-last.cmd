show
testdata/demo
-n
5
