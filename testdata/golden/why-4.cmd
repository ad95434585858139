why
testdata/demo
-b
-4
