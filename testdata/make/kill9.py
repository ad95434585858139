#!/usr/bin/env python3
"""kill9.py STREAM FILE COMMAND...: start the writer again and again and kill it in mid-write, until it is caught
between two stores: best with an ENTRY that is not linked yet (rare), else with a DATA object that no entry names or an
object not yet counted."""
import os
import random
import struct
import subprocess
import sys
import threading

stream, path, command = open(sys.argv[1], "rb").read(), sys.argv[2], sys.argv[3:]
rng = random.Random()


def state(data):
    u64 = lambda at: struct.unpack_from("<Q", data, at)[0]
    if len(data) < 4096 or not u64(136):
        return None
    counts, orphans, at = [0] * 8, 0, u64(88)
    while at <= u64(136):
        kind, size = data[at], u64(at + 8)
        if kind > 7 or size < 16:
            return f"object of type {kind} and size {size} at the tail"
        counts[kind] += 1
        orphans += kind == 1 and u64(at + 56) == 0
        at += size + 7 & ~7
    found = []
    if counts[3] != u64(152):
        found.append(f"{counts[3]} ENTRY objects, {u64(152)} linked")
    if counts[1] != u64(208):
        found.append(f"{counts[1]} DATA objects, {u64(208)} counted")
    if orphans:
        found.append(f"{orphans} DATA objects without an entry")
    return "; ".join(found)


second_best = None
for attempt in range(1, 301):
    if os.path.exists(path):
        os.unlink(path)
    writer = subprocess.Popen(command, stdin=subprocess.PIPE)

    def pump():
        try:
            writer.stdin.write(stream)
            writer.stdin.flush()
        except BrokenPipeError:
            pass

    threading.Thread(target=pump, daemon=True).start()
    goal = rng.randrange(100, 300)
    while writer.poll() is None:
        try:
            with open(path, "rb") as f:
                f.seek(152)
                if int.from_bytes(f.read(8), "little") >= goal:
                    break
        except FileNotFoundError:
            pass
    writer.kill()
    writer.wait()
    found = state(open(path, "rb").read())
    if found and "linked" in found:
        print(f"caught at attempt {attempt}: {found}")
        sys.exit(0)
    if found:
        second_best = found, open(path, "rb").read()
if not second_best:
    sys.exit("never caught between two stores")
open(path, "wb").write(second_best[1])
print(f"caught: {second_best[0]}")
