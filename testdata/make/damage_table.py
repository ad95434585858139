#!/usr/bin/env python3
"""What is found in damaged journals: file, damage, entries by journalctl (manifest), ours by the index, salvaged, lost.

    damage_table.py BIN [--made DIR] [-q]

BIN is lastwords; what counts is what `show` prints. DIR is the unpacked made.tar.zst. Each entry is held against the sound file that the damaged one is a copy of (the longest of the same kind of
those not damaged): it must be one of its entries, or one with fields lost and said so. A plain object walk, done here
apart from the library, counts ENTRY objects for comparison. Limits: 512 MiB of memory, 10 s a file.
What says of itself another seqnum, time or boot than any sound entry with its fields is counted apart: one bit of an entry's
head was flipped, and no hash covers heads. Payloads are held against their hashes (`show --thorough`).
Exit 1 when an entry is made up, a file gives fewer than journalctl, or all of them fewer than the plain walk."""
import argparse, collections, json, os, re, resource, struct, subprocess, sys

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("bin")
ap.add_argument("--made", default="/tmp/made")
ap.add_argument("--option", action="append", default=[], help="a further option for show, such as --option=--thorough")
ap.add_argument("-q", action="store_true", help="only sums and what is wrong")
a = ap.parse_args()
manifest = json.load(open(os.path.join(a.made, "manifest.json")))

def ask(*args):
    cap = lambda: resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
    return subprocess.run([os.path.abspath(a.bin), *args], cwd=a.made, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=10, preexec_fn=cap)

def read(stream):              # the entries of an export stream, each as a list of names and values
    at, fields = 0, []
    while at < len(stream):
        end = stream.index(b"\n", at)
        line = stream[at:end]
        at = end + 1
        if not line:
            yield fields
            fields = []
        elif b"=" in line: fields.append(tuple(line.split(b"=", 1)))
        else:
            size = struct.unpack_from("<Q", stream, at)[0]
            fields.append((line, stream[at + 8:at + 8 + size]))
            at += 8 + size + 1

Shown = collections.namedtuple("Shown", "seqnum salvaged lost times boot fields")

def shown(name):               # what `show` prints of a file
    done = ask("show", *(a.option or ["--thorough"]), "--file", name, "-o", "export", "--provenance", "-a")
    if done.returncode not in (0, 2, 3): raise ValueError(f"exit {done.returncode}: {done.stderr[-200:]}")
    found = []
    for fields in read(done.stdout):
        first = dict(fields)
        own = frozenset(pair for pair in fields if not pair[0].startswith((b"__", b"_LASTWORDS_")) and pair[0] != b"_BOOT_ID")
        found.append(Shown(int(first[b"__SEQNUM"]), first[b"_LASTWORDS_REACH"] == b"salvaged", int(first.get(b"_LASTWORDS_LOST", 0)),
                           (first[b"__REALTIME_TIMESTAMP"], first[b"__MONOTONIC_TIMESTAMP"]), first[b"_BOOT_ID"], own))
    return found, done.returncode

def plain_walk(path):          # ENTRY objects in a row, the end at the first object that is none
    data = open(path, "rb").read()
    if data[:8] != b"LPKSHHRH" or len(data) < 208: return 0
    at, found = struct.unpack_from("<Q", data, 88)[0], 0
    while at + 16 <= len(data):
        kind, size = data[at], struct.unpack_from("<Q", data, at + 8)[0]
        if not 1 <= kind <= 7 or size < 16 or at + size > len(data): break
        found += kind == 3
        at += size + 7 & ~7
    return found

def base_of(name):
    stem = re.match(r"corrupt/(sd\d+-\w+-k\d-c\d)", name)
    return stem.group(1) if stem else None

bases, wrong, sums, heads = {}, [], collections.Counter(), 0
print(f"{'file':46} {'journalctl':>10} {'walk':>6} {'index':>6} {'salvage':>7} {'lost':>5} {'partly':>6}  damage")
for name, about in sorted(manifest.items()):
    if not name.startswith("corrupt/"): continue
    theirs = max(about["journalctl_entries"], about["journalctl254_entries"])
    try: got, status = shown(name)
    except (subprocess.SubprocessError, ValueError, KeyError) as e:
        wrong.append(f"{name}: {e!r}")
        continue
    stem = base_of(name)
    if stem and stem not in bases:
        bases[stem] = {e.seqnum: e for e in shown(f"corrupt/{stem}-state-online.journal")[0]}
    whole = bases.get(stem, {})
    for e in got:
        if not stem: break
        sound = whole.get(e.seqnum)
        same = sound and e.times == sound.times and e.boot == sound.boot
        if not same and any((e.fields == other.fields or e.lost and e.fields <= other.fields) and sum(x != y for x, y in zip((e.seqnum, *e.times, e.boot), (other.seqnum, *other.times, other.boot))) <= 2 for other in whole.values()):
            heads += 1         # one bit of seqnum, time or boot: no hash covers them
        elif not same or not (e.fields == sound.fields or e.lost and e.fields <= sound.fields):
            wrong.append(f"{name} ({about.get('damage')}): entry {e[:5]} is not in the sound file")
    if len({(e.seqnum, e.fields) for e in got}) < len(got): wrong.append(f"{name}: an entry twice")
    if len(got) < theirs: wrong.append(f"{name} ({about.get('damage')}): {len(got)} entries, journalctl {theirs}")
    walked = plain_walk(os.path.join(a.made, name))
    lost = max(len(whole) - len(got), 0) if whole else 0
    row = dict(files=1, theirs=theirs, walk=walked, index=sum(not e.salvaged for e in got), salvaged=sum(e.salvaged for e in got), lost=lost, partly=sum(e.lost > 0 for e in got))
    sums.update(row)
    if not a.q:
        print(f"{name[8:54]:46} {theirs:10} {walked:6} {row['index']:6} {row['salvaged']:7} {lost:5} {row['partly']:6}  {about.get('damage')} (exit {status})")
ours = sums["index"] + sums["salvaged"]
print(f"{sums['files']} files: journalctl {sums['theirs']}, plain walk {sums['walk']}, ours {ours} ({sums['index']} by the index, {sums['salvaged']} salvaged, {sums['partly']} of them incomplete), lost {sums['lost']}; {heads} with a flipped bit in their own seqnum, time or boot")
if ours < sums["walk"]: wrong.append("fewer entries than a plain walk finds")
print("\n".join(wrong))
sys.exit(bool(wrong))
