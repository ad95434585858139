show
testdata/demo
-o
export
MESSAGE=never said
