#!/usr/bin/env python3
"""What `verify` finds in real journals beside what journalctl --verify said: undamaged ones, and copies with known damage.

    verify_table.py BIN [--made DIR] [--testdata DIR] [-q]

DIR is the unpacked made.tar.zst; its manifest.json has journalctl 252's verdict and, for copies, the damage.
* every file that nobody damaged and that was not copied while it was written must be found sound
* every file of corrupt/ that journalctl faults must be faulted, or refused with exit 2 and a reason
* no run takes longer than 20 s or more than 512 MiB
Prints one line a file (-q: only those where a rule above is broken, and sums). Exit 1 if one is."""
import argparse, collections, glob, json, os, resource, subprocess, sys

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("bin")
ap.add_argument("--made", default="/tmp/made")
ap.add_argument("--testdata", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
ap.add_argument("-q", action="store_true")
a = ap.parse_args()
manifest = json.load(open(os.path.join(a.made, "manifest.json")))

def ask(path):
    cap = lambda: resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
    p = subprocess.run([os.path.abspath(a.bin), "verify", path, "-o", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20, preexec_fn=cap)
    said = json.loads(p.stdout)[0] if p.stdout.strip() else None
    return p.returncode, said, p.stderr.decode(errors="replace").strip()

wrong, sums = [], collections.Counter()
def row(path, name, theirs, damage, must):
    try: rc, said, err = ask(path)
    except subprocess.TimeoutExpired:
        wrong.append(f"{name}: longer than 20 s")
        return
    rules = " ".join(f"{r['rule']}:{r['count']}" for r in said["rules"] if r["weight"] == "fault") if said else err.split(": ", 2)[-1]
    verdict = said["verdict"] if said else "refused"
    sums[(must, verdict)] += 1
    if rc not in (0, 1, 2, 3): wrong.append(f"{name}: exit {rc} {err[-300:]}")
    elif must == "sound" and (rc != 0 or verdict != "sound"): wrong.append(f"{name}: must be sound: {verdict} {rules} {err}")
    elif must == "faulty" and (verdict not in ("faulty", "refused") or rc == 0): wrong.append(f"{name}: must be faulty ({damage})")
    if not a.q: print(f"{name[-52:]:52} {theirs:9} {verdict:9} {damage or '':50} {rules[:200]}")

print(f"{'file':52} {'journalctl':9} {'ours':9} {'damage':50} rules")
for name, about in sorted(manifest.items()):
    path = os.path.join(a.made, name)
    rc = about.get("verify_rc")
    theirs = {0: "PASS", 1: "FAIL"}.get(rc, str(rc))
    if name.startswith("corrupt/"):
        must = "any" if rc == 0 else "faulty"
    elif "torn-copies" in name or "tampered" in name:
        must = "any" if rc == 0 else "faulty"
    else:
        must = "sound" if rc == 0 else "any"
    row(path, name, theirs, about.get("damage"), must)
for path in sorted(glob.glob(os.path.join(a.testdata, "small", "*.journal*")) + glob.glob(os.path.join(a.testdata, "demo", "*", "*.journal*")) + [os.path.join(a.testdata, "broken", "unharmed.journal")]):
    row(path, os.path.relpath(path, a.testdata), "", "", "sound")
for path in sorted(glob.glob(os.path.join(a.testdata, "broken", "*.journal"))):
    if "unharmed" not in path: row(path, os.path.relpath(path, a.testdata), "", os.path.basename(path)[:-8], "faulty")
print(", ".join(f"{n} {verdict} of those that may be {must}" for (must, verdict), n in sorted(sums.items())))
print("\n".join(wrong))
print(f"{len(wrong)} wrong")
sys.exit(bool(wrong))
