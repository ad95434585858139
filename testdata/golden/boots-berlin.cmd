TZ=Europe/Berlin
boots
testdata/demo
