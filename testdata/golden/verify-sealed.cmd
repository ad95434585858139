verify
testdata/small/state-sealed-257.journal
--verify-key
testdata/small/state-sealed-257.key
