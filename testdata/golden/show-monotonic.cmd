show
testdata/demo
-b
-2
-n
3
-o
short-monotonic
