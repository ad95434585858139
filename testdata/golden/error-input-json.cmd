boots
testdata/golden/input/json.journal
