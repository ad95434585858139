why
testdata/demo
-b
-2
