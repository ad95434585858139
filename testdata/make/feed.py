#!/usr/bin/env python3
"""feed.py kill|end STREAM FILE COMMAND...: run a writer with STREAM on its standard input.

end: close the pipe and let it finish (FILE becomes OFFLINE). kill: wait until the last entry of the stream is in
FILE (header field tail_entry_realtime), then SIGKILL the writer as a power cut would (FILE stays ONLINE)."""
import re
import subprocess
import sys
import time

how, stream, path, command = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
data = open(stream, "rb").read()
writer = subprocess.Popen(command, stdin=subprocess.PIPE)
writer.stdin.write(data)
writer.stdin.flush()
if how == "end":
    writer.stdin.close()
    sys.exit(writer.wait())
last = int(re.findall(rb"^__REALTIME_TIMESTAMP=(\d+)$", data, re.M)[-1])
for _ in range(600):
    time.sleep(0.05)
    try:
        with open(path, "rb") as f:
            header = f.read(208)
    except FileNotFoundError:
        continue
    if int.from_bytes(header[192:200], "little") == last:
        break
else:
    sys.exit(f"{path}: the last entry did not arrive")
time.sleep(0.3)
writer.kill()
writer.wait()
