show
testdata/demo
-n
1
-o
export
