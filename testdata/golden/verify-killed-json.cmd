verify
testdata/broken/killed-in-mid-write.journal
-o
json
