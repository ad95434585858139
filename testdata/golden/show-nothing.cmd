show
testdata/demo
MESSAGE=never said
