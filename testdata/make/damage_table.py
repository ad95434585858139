#!/usr/bin/env python3
"""What is found in damaged journals: file, damage, entries by journalctl (manifest), ours by the index, salvaged, lost.

    damage_table.py ACCOUNTS [--made DIR] [--slow SECONDS]

ACCOUNTS is the example of that name: cargo build --example accounts; target/debug/examples/accounts. DIR is the unpacked
made.tar.zst. Each entry is held against the sound file that the damaged one is a copy of (the longest of the same kind of
those not damaged): it must be one of its entries, or one with fields lost and said so. A plain object walk, done here
apart from the library, counts ENTRY objects for comparison. Limits: 512 MiB of memory, 10 s a file.
Exit 1 when an entry is made up, a file gives fewer than journalctl, or all of them fewer than the plain walk."""
import argparse, collections, json, os, re, resource, struct, subprocess, sys

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("accounts")
ap.add_argument("--made", default="/tmp/made")
ap.add_argument("-q", action="store_true", help="only sums and what is wrong")
a = ap.parse_args()
manifest = json.load(open(os.path.join(a.made, "manifest.json")))

def ask(*args):
    cap = lambda: resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
    p = subprocess.run([os.path.abspath(a.accounts), *args], cwd=a.made, stdout=subprocess.PIPE, timeout=10, preexec_fn=cap, check=True)
    return json.loads(p.stdout)

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

bases, wrong, sums = {}, [], collections.Counter()
print(f"{'file':46} {'journalctl':>10} {'walk':>6} {'index':>6} {'salvage':>7} {'lost':>5} {'partly':>6}  damage")
for name, about in sorted(manifest.items()):
    if not name.startswith("corrupt/"): continue
    theirs = max(about["journalctl_entries"], about["journalctl254_entries"])
    try: said = ask("--entries", name)
    except (subprocess.SubprocessError, ValueError) as e:
        wrong.append(f"{name}: {e}")
        continue
    got = said.get("entries", [])
    counts = said["account"]["entries"] if got or "account" in said else collections.Counter()
    stem = base_of(name)
    if stem and stem not in bases:
        bases[stem] = {e[0]: e for e in ask("--entries", f"corrupt/{stem}-state-online.journal")["entries"]}
    whole = bases.get(stem, {})
    for e in got:
        if not stem: break
        sound = whole.get(e[0])
        if not sound or not (e[4] and e[2:4] == sound[2:4] and e[5] == sound[5] or not e[4] and set(e[5]) <= set(sound[5])):
            wrong.append(f"{name}: entry {e[:5]} is not in the sound file")
    if len({e[0] for e in got}) < len(got): wrong.append(f"{name}: an entry twice")
    if len(got) < theirs: wrong.append(f"{name} ({about.get('damage')}): {len(got)} entries, journalctl {theirs}")
    walked = plain_walk(os.path.join(a.made, name))
    lost = max(len(whole) - len(got), 0) if whole else 0
    row = dict(files=1, theirs=theirs, walk=walked, index=counts.get("by_index", 0), salvaged=counts.get("salvaged", 0), lost=lost, partly=counts.get("incomplete", 0))
    sums.update(row)
    if not a.q:
        print(f"{name[8:54]:46} {theirs:10} {walked:6} {row['index']:6} {row['salvaged']:7} {lost:5} {row['partly']:6}  {about.get('damage')} {said.get('error', '')} {said.get('made_up') or ''}")
ours = sums["index"] + sums["salvaged"]
print(f"{sums['files']} files: journalctl {sums['theirs']}, plain walk {sums['walk']}, ours {ours} ({sums['index']} by the index, {sums['salvaged']} salvaged, {sums['partly']} of them incomplete), lost {sums['lost']}")
if ours < sums["walk"]: wrong.append("fewer entries than a plain walk finds")
print("\n".join(wrong))
sys.exit(bool(wrong))
