show
testdata/demo
--since
2026-10-12 17:31:42.5
--until
2026-10-12 17:32:11.7
