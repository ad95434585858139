why
testdata/demo
-b
-4
-o
json
