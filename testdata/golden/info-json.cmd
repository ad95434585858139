info
testdata/small/sd252-zstd-keyed-compact.journal
-o
json
