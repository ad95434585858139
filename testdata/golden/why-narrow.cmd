COLUMNS=40
why
testdata/demo
-b
-2
