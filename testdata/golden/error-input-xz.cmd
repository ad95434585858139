boots
testdata/golden/input/xz.journal
