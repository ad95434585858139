verify
testdata/small/state-sealed-252.journal
--verify-key
4f34b8-6e086f-a486f5-1e72ef/358175b7-1e8480
-q
