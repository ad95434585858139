why
testdata/demo
-b
-6
