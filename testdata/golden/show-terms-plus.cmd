show
testdata/demo
-n
8
PRIORITY=3
_TRANSPORT=kernel
+
_COMM=sudo
