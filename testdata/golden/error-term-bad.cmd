show
testdata/demo
lower=case
