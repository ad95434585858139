why
testdata/demo
-b
-8
