show
testdata/demo
--since
2026-10-13 16:05:00
--until
2026-10-13 16:09:06
--utc
