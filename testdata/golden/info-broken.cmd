info
testdata/broken/truncated-60.journal
