COLUMNS=130
why
testdata/demo
-b
-6
