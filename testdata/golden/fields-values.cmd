fields
testdata/demo
_SYSTEMD_UNIT
