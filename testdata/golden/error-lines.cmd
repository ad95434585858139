show
testdata/demo
-n=many
