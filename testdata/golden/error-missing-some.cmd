show
testdata/absent
testdata/small/sd252-zstd-keyed-compact.journal
-n
1
