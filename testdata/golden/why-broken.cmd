why
testdata/broken/truncated-60.journal
