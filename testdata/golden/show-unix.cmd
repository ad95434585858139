show
testdata/demo
-n
2
-o
short-unix
