show
testdata/demo
-b
1
-n
3
-o
short-iso
