show
testdata/demo
--since
yesterdayish
