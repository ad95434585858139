show
testdata/demo
PRIORITY=3
_TRANSPORT=kernel
