fields
PRIORITY
testdata/demo
_TRANSPORT
