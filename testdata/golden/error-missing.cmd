boots
testdata/absent
