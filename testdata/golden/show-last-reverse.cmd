show
testdata/demo
-n
5
-r
