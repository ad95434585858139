why
testdata/demo
-b
-4
-k
PRIORITY<=4
