info
testdata/small/state-sealed-257.journal
