why
testdata/demo
-b
0
