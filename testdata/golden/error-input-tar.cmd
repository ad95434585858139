boots
testdata/golden/input/tar.journal
