show
testdata/demo
-n
3
-o
with-unit
