#!/usr/bin/env python3
"""flips.py BIN FILE [OPTION...]: flips single bits in the headers of a sound file's objects and holds what
`BIN show -o export OPTION...` prints against the sound file: 1,500 flips of type, flags and size, chosen with a fixed seed.

A wrong entry has a field that the sound one has not, or is none of the sound ones; the mark of lost fields counts as none.
Silent is a flip with a wrong, shorter or missing entry and exit status 0. Exit status 1 if there is a silent flip or a wrong
entry.
"""
import collections
import os
import random
import struct
import subprocess
import sys
import tempfile

from export import fields

binary, source, options = sys.argv[1], sys.argv[2], sys.argv[3:]
sound = open(source, "rb").read()


def number(at):
    return struct.unpack_from("<Q", sound, at)[0]


def objects():
    """Offset and type of every object, from the header's end to its last one."""
    at, tail = number(88), number(136)
    while at <= tail and number(at + 8) >= 16:
        yield at, sound[at]
        at = (at + number(at + 8) + 7) & ~7


def shown(path):
    run = subprocess.run([binary, "show", "-q", "-o", "export", *options, path], capture_output=True, timeout=60)
    return run.returncode, {entry[0]: set(entry) for entry in fields(run.stdout)}


status, whole = shown(source)
assert status == 0 and whole, "the file is not sound"
flips = [(at, kind, byte, bit) for at, kind in objects() for byte in (0, 1, 8, 9, 10, 12, 15) for bit in range(8)]
random.Random(5).shuffle(flips)
flips = flips[:1500]
wrong, silent = collections.Counter(), 0
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, os.path.basename(source))
    for at, kind, byte, bit in flips:
        broken = bytearray(sound)
        broken[at + byte] ^= 1 << bit
        with open(path, "wb") as file:
            file.write(broken)
        status, entries = shown(path)
        own = {key: {one for one in entry if not one[0].startswith(b"_LASTWORDS")} for key, entry in entries.items()}
        bad = any(not entry <= whole.get(key, set()) for key, entry in own.items())
        wrong[(kind, byte, status)] += bad
        silent += status == 0 and (bad or own != whole)
print(f"{len(whole)} entries, {len(flips)} flips: {sum(wrong.values())} with a wrong entry, {silent} silent")
for (kind, byte, status), count in wrong.most_common():
    if count:
        print(f"  object type {kind}, byte {byte}, exit status {status}: {count}")
sys.exit(silent > 0 or sum(wrong.values()) > 0)
