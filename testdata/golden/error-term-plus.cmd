show
testdata/demo
PRIORITY=3
+
