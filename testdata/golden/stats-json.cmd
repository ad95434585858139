stats
testdata/demo
-o
json
--by
priority
-b
-1
