stats
testdata/demo
-t
nobody
