fields
testdata/demo
NO_SUCH_FIELD
