show
testdata/demo
--threads
0
