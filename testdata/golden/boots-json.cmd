boots
testdata/demo
-o
json
