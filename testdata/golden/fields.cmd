fields
testdata/demo
