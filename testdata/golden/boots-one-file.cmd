boots
--file
testdata/small/sd252-zstd-keyed-compact.journal
