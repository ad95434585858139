show
testdata/demo
-o
xml
