show
testdata/demo
--max-payload
0
