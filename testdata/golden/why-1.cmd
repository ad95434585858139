why
testdata/demo
-b
-1
