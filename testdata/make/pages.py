#!/usr/bin/env python3
"""pages.py BIN FILE [OPTION...]: damages a sound file page by page and holds what `BIN show -o export OPTION...` prints
against the sound file: every page zeroed, swapped with one seven pages on, and overwritten with a copy of one five pages on.

An entry is owed where no byte of its object changed and its boot can be known; a value is owed where it and its entry are.
Reported, with the exit status: entries and values that are owed and not there, values that the sound entry does not have
(wrong), and damage that changes what is shown with exit status 0 and no mark (silent). Exit status 1 if there is any.
"""
import collections
import os
import struct
import subprocess
import sys
import tempfile

from export import fields

PAGE = 4096


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


def same(sound, broken, pieces):
    return all(sound[a:b] == broken[a:b] for a, b in pieces)


def shown(binary, path, options):
    run = subprocess.run([binary, "show", "-q", "-o", "export", *options, path], capture_output=True, timeout=60)
    entries = {}
    for entry in fields(run.stdout):
        seqnum = dict(entry)[b"__SEQNUM"]
        entries.setdefault(int(seqnum), []).append(entry)
    return run.returncode, entries


def wounds(sound):
    last = (max(i for i, byte in enumerate(sound) if byte) // PAGE) + 1
    for page in range(last):
        zeroed = bytearray(sound)
        zeroed[page * PAGE:(page + 1) * PAGE] = bytes(min(PAGE, len(sound) - page * PAGE))
        yield f"zero {page}", zeroed
        for step, name in ((7, "swap"), (5, "copy")):
            other = (page + step) % last
            if other and page:
                broken = bytearray(sound)
                one, two = slice(page * PAGE, (page + 1) * PAGE), slice(other * PAGE, (other + 1) * PAGE)
                broken[one] = sound[two]
                if name == "swap":
                    broken[two] = sound[one]
                if len(broken) == len(sound):
                    yield f"{name} {page} {other}", broken


def main():
    binary, source, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    sound = open(source, "rb").read()
    needs = Journal(sound).needs()
    status, whole = shown(binary, source, options)
    assert status == 0 and whole, "the file is not sound"
    names = (b"__", b"_LASTWORDS")
    total = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, os.path.basename(source))
        for name, broken in wounds(sound):
            with open(path, "wb") as file:
                file.write(broken)
            status, entries = shown(binary, path, options)
            faults = collections.Counter()
            notes = []
            for seqnum, [entry] in whole.items():
                head, values = needs[seqnum]
                got = entries.get(seqnum, [])
                if len(got) > 1:
                    faults["twice"] += 1
                    notes.append(f"twice {seqnum}")
                is_owed = same(sound, broken, [head])
                if not got:
                    everything = [piece for _, pieces in values for piece in pieces]
                    lost = is_owed and same(sound, broken, everything)
                    faults["entry"] += lost
                    if lost:
                        notes.append(f"entry {seqnum}")
                    some = is_owed and not lost
                    if some:
                        faults["part"] += 1
                        notes.append(f"part {seqnum}")
                    continue
                have = collections.Counter(f for f in got[0] if not f[0].startswith(names))
                own = [f for f in entry if not f[0].startswith(names)]
                meta = {f for f in got[0] if f[0].startswith(b"__")}
                marked = any(f[0] == b"_LASTWORDS_LOST" for f in got[0])
                if is_owed:
                    for field, pieces in values:
                        if field and same(sound, broken, pieces) and not have[field]:
                            faults["value"] += 1
                            notes.append(f"{seqnum} {field[0].decode()}")
                for field in have:
                    if field not in own:
                        faults["wrong"] += 1
                        notes.append(f"wrong {seqnum} {field[0].decode()}")
                if name.startswith("zero 0"):
                    # The header has the ids.
                    meta = {f for f in meta if f[0] not in (b"__CURSOR", b"__SEQNUM_ID")}
                if marked:
                    # The hash is what tells that something is lost.
                    meta = {(f[0], f[1].rsplit(b";x=", 1)[0]) for f in meta}
                    entry = [(f[0], f[1].rsplit(b";x=", 1)[0]) for f in entry]
                if any(f not in entry for f in meta):
                    faults["head"] += 1
                    notes.append(f"head {seqnum} marked={marked}")
                if not marked and have != collections.Counter(own):
                    faults["unmarked"] += 1
                    notes.append(f"unmarked {seqnum}")
            for seqnum in entries:
                if seqnum not in whole:
                    faults["made up"] += 1
                    notes.append(f"made up {seqnum}")
            changed = {k: [sorted(e) for e in v] for k, v in entries.items()} != {k: [sorted(e) for e in v] for k, v in whole.items()}
            faults["silent"] += status == 0 and changed
            total += faults
            if +faults:
                print(name, "status", status, dict(+faults), "; ".join(notes[:6]))
    print(f"{len(whole)} entries:", dict(+total) or "nothing is missing, wrong or silent")
    sys.exit(any(total.values()))


if __name__ == "__main__":
    main()
