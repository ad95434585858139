boots
testdata/make
