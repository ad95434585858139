show
testdata/demo
-b
-1
-n
3
