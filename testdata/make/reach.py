#!/usr/bin/env python3
"""Holds what the index gives and what is salvaged against what is shown, on every journal file below some directories.

    reach.py BIN PLACE...     (PLACE: a file, or a directory such as /tmp/made/corrupt or ../shared/data/public)

`show --strict` and `salvage` together must give each entry that `show` gives, once and no other; entries are told by seqnum,
clocks and boot, and counted. An entry whose head names another boot than its field is of the field's to `show`; `--strict`
takes the head at its word, so that there the boot may differ, for one that other entries of the file have. `info` must count as many by the index as `--strict` gives, and as many salvaged as `salvage`.
What `info` says is lost must stand on stderr, too. Exit 1 when a file fails; the last line is 'N files, M failed'."""
import collections, json, os, re, subprocess, sys

def entries(stream):           # seqnum, clocks and boot of each entry of an export stream; values may hold any bytes
    at, head, found = 0, {}, collections.Counter()
    while at < len(stream):
        end = stream.index(b"\n", at)
        line, at = stream[at:end], end + 1
        if not line:
            found[tuple(sorted(head.items()))] += 1
            head = {}
        elif b"=" not in line: at += 9 + int.from_bytes(stream[at:at + 8], "little")
        elif line.startswith((b"__SEQNUM=", b"__REALTIME", b"__MONOTONIC")) or line.startswith(b"_BOOT_ID=") and b"_BOOT_ID" not in head:
            name, value = line.split(b"=", 1)
            head.setdefault(name, value)
    return found

def same(parts, shown):        # whether these are the same entries, but for boots that only a head has
    boot = lambda entry: dict(entry).get(b"_BOOT_ID")
    rest = lambda found: collections.Counter(tuple(item for item in entry if item[0] != b"_BOOT_ID") for entry in found.elements())
    known = collections.Counter(map(boot, parts.elements()))
    return rest(parts - shown) == rest(shown - parts) and all(known[boot(entry)] > 1 for entry in shown - parts)

def ask(bin, *args):
    done = subprocess.run([bin, *args], capture_output=True, timeout=60)
    return done.stdout, done.stderr.decode(errors="replace")

def faults(bin, path):         # what is wrong with what is said of a file, as sentences
    export = lambda *command: ask(bin, *command, "--file", path, "-o", "export")
    (shown, said), strict, salvaged = export("show"), export("show", "--strict")[0], export("salvage")[0]
    shown, strict, salvaged = entries(shown), entries(strict), entries(salvaged)
    wrong = []
    if not same(strict + salvaged, shown):
        wrong.append(f"{strict.total()} by the index and {salvaged.total()} salvaged, {shown.total()} shown, {sum(((strict + salvaged) - shown).values())} of them others")
    told = ask(bin, "info", path, "-o", "json")[0]
    if not told: return wrong + [f"info says nothing of {shown.total()} entries"] * bool(shown)
    about = json.loads(told)["files"][0]
    found = about["account"]["entries"]
    if (found["by_index"], found["salvaged"]) != (strict.total(), salvaged.total()):
        wrong.append(f"info counts {found['by_index']} by the index and {found['salvaged']} salvaged, {strict.total()} and {salvaged.total()} are given")
    lost = re.search(r": (?:.*, )?at most (\d+) entr(?:y|ies) lost", said)
    if about["lost"] != int(lost.group(1) if lost else 0): wrong.append(f"info says {about['lost']} lost, stderr {said.strip()[-200:]}")
    if about["lost"] > about["file_size"] // 64 and about["lost"] > about["n_entries"]: wrong.append(f"{about['lost']} lost of {about['file_size']} bytes")
    return wrong

def below(place):
    if os.path.isfile(place): yield place
    for top, _, names in os.walk(place):
        yield from (os.path.join(top, name) for name in names if name.endswith((".journal", ".journal~")))

if __name__ == "__main__":
    if len(sys.argv) < 3: sys.exit(__doc__)
    bin, files, failed = os.path.abspath(sys.argv[1]), 0, 0
    for path in sorted(path for place in sys.argv[2:] for path in below(place)):
        files += 1
        wrong = faults(bin, path)
        failed += bool(wrong)
        for what in wrong: print(f"FAIL {path}: {what}")
    print(f"{files} files, {failed} failed")
    sys.exit(failed > 0)
