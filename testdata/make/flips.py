#!/usr/bin/env python3
"""flips.py BIN FILE [OPTION...]: flips single bits in a sound file and holds what is printed against the sound file, all
chosen with a fixed seed: 1,500 in the headers of objects (type, flags and size) and 200 in seqnums of entries, against
`BIN show -o export OPTION...`; 100 in the counts of values, against `BIN fields NAME` and `BIN stats -o json`.

A wrong entry has a field that the sound one has not, or is none of the sound ones; the mark of lost fields counts as none,
and an entry that has it may have any seqnum. A wrong count is any other text, whatever is said of it.
Silent is a flip with a wrong, shorter or missing entry, or a wrong count, and exit status 0. Exit status 1 if there is a
silent flip, a wrong entry or a wrong count.
"""
import collections
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

from export import fields

HEADER = (0, 1, 8, 9, 10, 12, 15)
SEQNUM, ENTRY = range(16, 24), 3
COUNT, DATA = range(56, 64), 1
LOST = b"_LASTWORDS_LOST"


class Sound:
    """A sound file, and what is printed of it."""

    def __init__(self, binary, path, options):
        self.binary, self.options = binary, options
        with open(path, "rb") as file:
            self.data = file.read()
        self.payload = 72 if self.data[12] & 16 else 64
        status, self.entries = self.shown(path)
        assert status == 0 and self.entries, "the file is not sound"
        self.counts = {}

    def number(self, at):
        return struct.unpack_from("<Q", self.data, at)[0]

    def objects(self):
        """Offset and type of every object, from the header's end to its last one."""
        at, tail = self.number(88), self.number(136)
        while at <= tail and self.number(at + 8) >= 16:
            yield at, self.data[at]
            at = (at + self.number(at + 8) + 7) & ~7

    def flips(self, kind, places, count, seed):
        """Offsets of objects of a kind, or of any, each with its type, a byte and a bit of it."""
        found = [(at, of, byte, bit) for at, of in self.objects() if kind in (None, of) for byte in places for bit in range(8)]
        random.Random(seed).shuffle(found)
        return found[:count]

    def run(self, *arguments):
        return subprocess.run([self.binary, *arguments], capture_output=True, timeout=60)

    def shown(self, path):
        """The exit status, and the entries by cursor without the seqnum, which is a field too."""
        run = self.run("show", "-q", "-o", "export", *self.options, path)
        entries = {}
        for entry in fields(run.stdout):
            key, *rest = ((name, re.sub(rb";i=[0-9a-f]+", b"", value) if name == b"__CURSOR" else value) for name, value in entry)
            entries[key] = set(rest)
        return run.returncode, entries

    def counted(self, path, at):
        """Exit status and text of what counts the users of a value: nothing where the name is compressed."""
        name = None if self.data[at + 1] else self.data[at + self.payload:].split(b"=", 1)[0].decode()
        asked = [("stats", "--by", "_TRANSPORT", "-o", "json")] + ([("fields", name)] if name else [])
        runs = [self.run(*one, path) for one in asked]
        return max(run.returncode for run in runs), [run.stdout for run in runs]

    def judge_entries(self, path, _at):
        """Exit status; whether an entry is wrong; whether anything differs at all."""
        status, entries = self.shown(path)
        own = {key: without_marks(entry) for key, entry in entries.items()}
        bad = any(not entry <= self.entries.get(key, set()) for key, entry in own.items())
        return status, bad, own != self.entries

    def judge_counts(self, path, at):
        """Exit status; whether a count is wrong, twice."""
        if at not in self.counts:
            with open(path + ".sound", "wb") as file:
                file.write(self.data)
            self.counts[at] = self.counted(path + ".sound", at)
            assert self.counts[at][0] == 0
        status, texts = self.counted(path, at)
        bad = texts != self.counts[at][1]
        return status, bad, bad


def without_marks(entry):
    """Its fields, without those that say what is lost, nor a seqnum that nothing vouches for."""
    is_marked = any(name == LOST for name, _ in entry)
    return {one for one in entry if not one[0].startswith(b"_LASTWORDS") and not (is_marked and one[0] == b"__SEQNUM")}


def tried(sound, flips, judge):
    """How many flips made something wrong, by type, byte and exit status; and how many differ in silence."""
    wrong, silent = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "flipped.journal")
        for at, kind, byte, bit in flips:
            broken = bytearray(sound.data)
            broken[at + byte] ^= 1 << bit
            with open(path, "wb") as file:
                file.write(broken)
            status, bad, differs = judge(path, at)
            wrong[(kind, byte, status)] += bad
            silent += status == 0 and (bad or differs)
    return +wrong, silent


def main():
    sound = Sound(sys.argv[1], sys.argv[2], sys.argv[3:])
    failed = False
    for what, flips, judge in (
        ("headers", sound.flips(None, HEADER, 1500, 5), sound.judge_entries),
        ("seqnums", sound.flips(ENTRY, SEQNUM, 200, 6), sound.judge_entries),
        ("counts", sound.flips(DATA, COUNT, 100, 7), sound.judge_counts),
    ):
        wrong, silent = tried(sound, flips, judge)
        print(f"{len(sound.entries)} entries, {len(flips)} flips of {what}: {sum(wrong.values())} with a wrong one, {silent} silent")
        for (kind, byte, status), count in wrong.most_common():
            print(f"  object type {kind}, byte {byte}, exit status {status}: {count}")
        failed |= bool(wrong) or silent > 0
    sys.exit(failed)


if __name__ == "__main__":
    main()
