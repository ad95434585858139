stats
testdata/demo
