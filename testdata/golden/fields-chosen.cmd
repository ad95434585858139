fields
testdata/demo
_COMM
-b
-1
-p
notice
