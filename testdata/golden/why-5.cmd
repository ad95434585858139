why
testdata/demo
-b
-5
