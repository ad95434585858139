why
testdata/demo
-b
-7
