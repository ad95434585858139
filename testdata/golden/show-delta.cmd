show
testdata/demo
-b
-2
-n
4
-o
short-delta
