why
testdata/demo
-b
-3
