#!/usr/bin/env python3
"""pages.py [--limit N] [--pairs] BIN FILE [OPTION...]: damages a sound file page by page and holds what
`BIN show -o export OPTION...` prints against the sound file: every page zeroed, swapped with one seven pages on, and
overwritten with a copy of one five pages on; with --pairs swapped with and overwritten by every other page; of all this
damage N pieces, evenly spread.

Wrong, with exit status 1: values and heads that the sound entry does not have, entries shown twice or made up or without a
mark of what they lost, and damage that changes what is shown with exit status 0 (silent). Owed, and only counted: entries
of which no byte changed, nor of what they need; parts, whose head did not; values, where nothing of them did.
"""
import argparse
import collections
import os
import struct
import subprocess
import sys
import tempfile

from export import fields

PAGE = 4096
OWED = ("entry", "part", "value")
OWN_NAMES = (b"__", b"_LASTWORDS")


class Journal:
    """Where everything that an entry needs lies in a sound file."""

    def __init__(self, data):
        self.data = data
        self.compact = bool(self.u32(12) & 16)

    def u32(self, at):
        return struct.unpack_from("<I", self.data, at)[0]

    def u64(self, at):
        return struct.unpack_from("<Q", self.data, at)[0]

    def objects(self):
        at, tail = self.u64(88), self.u64(136)
        while at <= tail and self.u64(at + 8) >= 16:
            yield at, self.data[at], self.u64(at + 8)
            at = (at + self.u64(at + 8) + 7) & ~7

    def payload(self, at):
        return at + (72 if self.compact else 64)

    def items(self, at, size):
        """Offsets of an entry's DATA, with the bytes of each item."""
        width = 4 if self.compact else 16
        for place in range(at + 64, at + size - width + 1, width):
            yield (self.u32(place) if self.compact else self.u64(place)), (place, place + width)

    def needs(self):
        """By seqnum: the bytes of the entry's head, and each of its values with the bytes of item and DATA."""
        found = {}
        for at, kind, size in self.objects():
            if kind == 3:
                values = []
                for data, item in self.items(at, size):
                    end = data + self.u64(data + 8)
                    # A compressed value is not looked for.
                    plain = None if self.data[data + 1] else tuple(self.data[self.payload(data):end].split(b"=", 1))
                    values.append((plain, (item, (data, data + 24), (self.payload(data), end))))
                found[self.u64(at + 16)] = ((at, at + 64), values)
        return found


class Faults:
    """What is wrong with what one damaged file shows: how often, and where."""

    def __init__(self):
        self.counts = collections.Counter()
        self.notes = []

    def add(self, kind, *where):
        self.counts[kind] += 1
        self.notes.append(" ".join((kind, *map(str, where))))


def same(sound, broken, pieces):
    return all(sound[a:b] == broken[a:b] for a, b in pieces)


def shown(binary, path, options):
    run = subprocess.run([binary, "show", "-q", "-o", "export", *options, path], capture_output=True, timeout=60)
    entries = {}
    for entry in fields(run.stdout):
        entries.setdefault(int(dict(entry)[b"__SEQNUM"]), []).append(entry)
    return run.returncode, entries


def wounds(sound, pairs):
    """The name of each piece of damage, and a function that does it to a copy: few are needed where there is a limit."""
    last = max(i for i, byte in enumerate(sound) if byte) // PAGE + 1
    for page in range(last):
        yield f"zero {page}", lambda page=page: replaced(sound, {page: None})
        for step in range(1, last) if pairs else (7, 5):
            other = (page + step) % last
            if page and other and (max(page, other) + 1) * PAGE <= len(sound):
                if step != 5 or pairs:
                    yield f"swap {page} {other}", lambda a=page, b=other: replaced(sound, {a: b, b: a})
                if step != 7 or pairs:
                    yield f"copy {page} {other}", lambda a=page, b=other: replaced(sound, {a: b})


def replaced(sound, pages):
    """A copy with other pages, or zeros, in the place of some."""
    broken = bytearray(sound)
    for page, other in pages.items():
        place = slice(page * PAGE, min((page + 1) * PAGE, len(sound)))
        broken[place] = bytes(place.stop - place.start) if other is None else sound[other * PAGE:(other + 1) * PAGE]
    return broken


def judge_missing(faults, sound, broken, seqnum, needs):
    """An entry that is not shown is owed where its head is as it was."""
    head, values = needs
    if same(sound, broken, [head]):
        whole = same(sound, broken, [piece for _, pieces in values for piece in pieces])
        faults.add("entry" if whole else "part", seqnum)


def judge_values(faults, sound, broken, seqnum, needs, own, have):
    head, values = needs
    for field, pieces in values if same(sound, broken, [head]) else ():
        if field and same(sound, broken, pieces) and not have[field]:
            faults.add("value", seqnum, field[0].decode())
    for field in have:
        if field not in own:
            faults.add("wrong", seqnum, field[0].decode())


def judge_head(faults, seqnum, whole, entry, is_marked, is_header_lost):
    """The clocks and ids, but for the hash of an entry that is marked, and the ids that stand in a lost header."""
    ids = (b"__CURSOR", b"__SEQNUM_ID") if is_header_lost else ()
    cut = (lambda value: value.rsplit(b";x=", 1)[0]) if is_marked else (lambda value: value)
    head = {(name, cut(value)) for name, value in entry if name.startswith(b"__") and name not in ids}
    if not head <= {(name, cut(value)) for name, value in whole}:
        faults.add("head", seqnum, f"marked={is_marked}")


def judge_entry(faults, sound, broken, seqnum, needs, whole, got, is_header_lost):
    """Holds what is shown of one entry against the sound one."""
    if not got:
        return judge_missing(faults, sound, broken, seqnum, needs)
    if len(got) > 1:
        faults.add("twice", seqnum)
    own = [field for field in whole if not field[0].startswith(OWN_NAMES)]
    for entry in got:
        have = collections.Counter(field for field in entry if not field[0].startswith(OWN_NAMES))
        is_marked = any(name == b"_LASTWORDS_LOST" for name, _ in entry)
        judge_values(faults, sound, broken, seqnum, needs, own, have)
        judge_head(faults, seqnum, whole, entry, is_marked, is_header_lost)
        if not is_marked and have != collections.Counter(own):
            faults.add("unmarked", seqnum)


def judge(sound, broken, needs, whole, answer, is_header_lost):
    """Everything that is wrong with an answer, its exit status and entries by seqnum."""
    status, entries = answer
    faults = Faults()
    for seqnum, [entry] in whole.items():
        judge_entry(faults, sound, broken, seqnum, needs[seqnum], entry, entries.get(seqnum, []), is_header_lost)
    for seqnum in entries.keys() - whole.keys():
        faults.add("made up", seqnum)
    in_any_order = [{key: [sorted(entry) for entry in found] for key, found in all.items()} for all in (entries, whole)]
    if status == 0 and in_any_order[0] != in_any_order[1]:
        faults.add("silent")
    return faults


def spread(pieces, limit):
    """As many of the pieces as asked for, from all over them."""
    return pieces if limit is None or limit >= len(pieces) else [pieces[i * len(pieces) // limit] for i in range(limit)]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("binary")
    parser.add_argument("file")
    parser.add_argument("options", nargs=argparse.REMAINDER)
    return parser.parse_args()


def main():
    asked = arguments()
    with open(asked.file, "rb") as file:
        sound = file.read()
    needs = Journal(sound).needs()
    status, whole = shown(asked.binary, asked.file, asked.options)
    assert status == 0 and whole, "the file is not sound"
    pieces = spread(list(wounds(sound, asked.pairs)), asked.limit)
    total = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, os.path.basename(asked.file))
        for name, make in pieces:
            broken = make()
            with open(path, "wb") as file:
                file.write(broken)
            answer = shown(asked.binary, path, asked.options)
            faults = judge(sound, broken, needs, whole, answer, name == "zero 0")
            total += faults.counts
            if faults.counts:
                print(name, "status", answer[0], dict(faults.counts), "; ".join(faults.notes[:6]))
    owed = {kind: total.pop(kind) for kind in OWED if kind in total}
    print(f"{len(whole)} entries, {len(pieces)} pieces of damage:", dict(total) or "nothing is wrong or silent;",
          f"owed and not shown: {owed or 'none'}")
    sys.exit(bool(total))


if __name__ == "__main__":
    main()
