#!/usr/bin/env python3
"""Runs agree.py over the damaged public files and examines every row that fails.

    damaged_rows.py BIN [SHARED]

The oracle's number of entries of a damaged file is the number of empty lines in what journalctl exports. In files that a
fuzzer made, values hold empty lines of their own, so that one entry counts as many. A failed row is proven wrong when the
number is just that, and journalctl (where it is installed) prints no more entries (different cursors) than the build does.
Of two with the same file, seqnum, boot and clocks one is a copy, whatever its hash: no entry is shown twice.
Exit 1 when a row fails that is not proven wrong."""
import json, os, re, shutil, subprocess, sys

bin, shared = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "../shared"
agree = subprocess.run([sys.executable, os.path.join(shared, "check/agree.py"), bin, "--modes", "damaged-show,damaged-boots,damaged-salvage"],
                       stdout=subprocess.PIPE, text=True, errors="replace").stdout
print(agree.strip().splitlines()[-1])
counts = json.load(open(os.path.join(shared, "data/oracle-262/damaged.json")))
unproven = 0
for name, least in re.findall(r"^FAIL damaged file: show (.*\.journal) rc=\d+ entries=\d+ \(at least (\d+)\)", agree, re.M):
    path = next(p for p in counts if os.path.basename(p) == name)
    export = lambda *command: subprocess.run([*command, "--file", os.path.join(shared, "data/public", path), "-o", "export"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    entries = lambda stream: len(set(re.findall(rb"^__CURSOR=(.*);x=[0-9a-f]*$", stream, re.M)))
    ours, there = export(bin, "show"), shutil.which("journalctl")
    # Without journalctl the same is seen in what the index alone gives, though that has values in full.
    theirs = export("journalctl") if there else export(bin, "show", "--strict")
    lines = theirs.count(b"\n\n")
    counted = lines == int(least) if there else lines >= int(least)
    wrong = counted and int(least) > entries(theirs) and entries(ours) >= entries(theirs)
    unproven += not wrong
    print(f"{'wrong row' if wrong else 'UNPROVEN'}: {name[:40]}: {lines} empty lines, {'journalctl prints' if there else 'by its index'} {entries(theirs)}, we {entries(ours)}")
failed = agree.count("\nFAIL ") + agree.startswith("FAIL ")
examined = len(re.findall(r"^FAIL damaged file: show", agree, re.M))
sys.exit(unproven > 0 or failed != examined or "passed" not in agree)
