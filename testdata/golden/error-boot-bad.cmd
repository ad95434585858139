why
testdata/demo
-b=yesterday
