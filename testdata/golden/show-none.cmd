show
testdata/demo
-n
0
