show
testdata/demo
__REALTIME_TIMESTAMP=1
