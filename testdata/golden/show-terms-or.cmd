show
testdata/demo
-n
6
_SYSTEMD_UNIT=ssh.service
_SYSTEMD_UNIT=cron.service
