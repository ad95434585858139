verify
testdata/small/state-archived.journal
testdata/broken/array-looped.journal
