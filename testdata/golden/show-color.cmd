show
testdata/demo
-b
-4
-n
6
--color
always
