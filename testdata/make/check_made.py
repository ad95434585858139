#!/usr/bin/env python3
"""Holds a build against the journals of ../shared/data/made.tar.zst: by real systemd 247, 252, 254 and 257, with truth.

    check_made.py BIN [--made DIR]     (DIR: the unpacked archive; without it, it is unpacked into a temporary folder)

* every undamaged file of manifest.json gives the number of entries that journalctl gave; a copy that was torn while the
  file was written (live/torn-copies) at least as many, since its header may be older than its data
* all files of formats/ give the same entries (seqnum id and file aside)
* the boots of multi/, live/ and nortc/ come in the order of their truth
* of each damaged file the entries by the index and the salvaged ones are those shown, and what is lost is said (reach.py)
* no damaged file gives fewer entries than journalctl 252 or 254 printed; each ends with exit 0 or 3, or 2 if unreadable
The last line is 'N passed, M failed'; exit 1 if anything failed."""
import argparse, json, os, re, subprocess, sys, tempfile
from reach import faults

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("bin")
ap.add_argument("--made")
a = ap.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
keep = None
if not a.made:
    keep = tempfile.TemporaryDirectory()
    a.made = keep.name
    archive = os.path.join(here, "../../../shared/data/made.tar.zst")
    subprocess.run(["tar", "-C", a.made, "--use-compress-program=zstd -d --long=27", "-xf", archive], check=True)
manifest = json.load(open(os.path.join(a.made, "manifest.json")))
passed = failed = 0

def note(ok, what):
    global passed, failed
    if ok: passed += 1
    else:
        failed += 1
        print("FAIL", what)

def run(*args):
    p = subprocess.run([os.path.abspath(a.bin), *args], cwd=a.made, env={**os.environ, "TZ": "UTC"}, capture_output=True, timeout=120)
    return p.returncode, p.stdout, p.stderr.decode(errors="replace")

def count(out):
    return len(re.findall(rb"(?m)^__CURSOR=", out))

def contents(out):          # what an entry says, whatever file it lies in: no seqnums; fields in any order
    return [sorted(l for l in e.split(b"\n") if not l.startswith((b"__CURSOR", b"__SEQNUM"))) for e in out.split(b"\n\n") if e.strip()]

def boots(path):
    return [b["boot_id"] for b in json.loads(run("boots", path, "-o", "json")[1])]

reference = None
for name, about in sorted(manifest.items()):
    if name.startswith("corrupt/"): continue
    rc, out, err = run("show", "--file", name, "-o", "export")
    given, wanted = count(out), about["journalctl_entries"]
    note(given >= wanted if "torn-copies" in name else given == wanted, f"{name}: {about['journalctl_entries']} entries wanted, {count(out)} given, {err[:200]}")
    if name.startswith("formats/"):
        reference = reference or (name, contents(out))
        note(contents(out) == reference[1], f"{name}: not the same entries as {reference[0]}")
for device in json.load(open(os.path.join(a.made, "multi/truth.json")))["devices"]:
    want = [b["boot_id"] for b in device["boots"]]
    got = boots("multi/" + device["machine_id"])
    note(got == want, f"multi/{device['machine_id']}: boots {got} wanted {want}")
for group in ("live", "nortc"):
    want = [b["boot_id"] for b in json.load(open(os.path.join(a.made, group, "truth.json")))["boots"]]
    tops = [os.path.join(group, d) for d in sorted(os.listdir(os.path.join(a.made, group)))] if group == "live" else [group]
    for top in tops:
        if not os.path.isdir(os.path.join(a.made, top)) or "torn" in top: continue
        got = boots(top)
        note(got and got == want[:len(got)], f"{top}: boots {got} wanted {want}")
ours = theirs = 0
for name, about in sorted(manifest.items()):
    if not name.startswith("corrupt/"): continue
    rc, out, err = run("show", "--file", name, "-o", "export")
    least = max(about["journalctl_entries"], about["journalctl254_entries"])
    ours, theirs = ours + count(out), theirs + least
    note(rc in (0, 3) and count(out) >= least or rc == 2 and least == 0, f"{name} ({about.get('damage')}): {count(out)} entries, journalctl {least}, exit {rc}, {err[:200]}")
    wrong = faults(os.path.abspath(a.bin), os.path.join(a.made, name))
    note(not wrong, f"{name} ({about.get('damage')}): {'; '.join(wrong)}")
print(f"damaged files: {ours} entries, the better of journalctl 252 and 254 {theirs}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
