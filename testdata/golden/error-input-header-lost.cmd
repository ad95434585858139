boots
testdata/broken/header-lost.journal
