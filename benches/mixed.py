#!/usr/bin/env python3
"""Make the set `mixed`: one device whose entries lie in a system journal and two users' journals, dealt out so finely that
every step of a merge changes the file, and the newest boots' system entries once more as /run had them before the flush.

    mixed.py GEN OUT ENTRIES [BOOTS]

GEN is a copy of the generator in which jrshim.so is built; OUT/MACHINE/{system,user-1000,user-1001}.journal and
OUT/system.journal (from /run) are written by systemd-journal-remote, each with a numbering of its own. Needs root."""

import json
import os
import re
import subprocess
import sys

BOOT = re.compile(rb"(?m)^_BOOT_ID=(.{32})$")
IN_RUN = 2  # boots whose system entries are in /run as well


def writer(gen, machine, path, entries):
    """Start a writer of one journal; its standard input takes an export stream."""
    environment = {
        **os.environ,
        "SYSTEMD_JOURNAL_COMPACT": "1",
        "SYSTEMD_JOURNAL_KEYED_HASH": "1",
        "JR_NO_ROTATE": "1",
        "JR_MAX_SIZE": str(entries * 2000 + (64 << 20)),
    }
    script = (
        'mount --bind "$1" /etc/machine-id && LD_PRELOAD="$2" exec /lib/systemd/systemd-journal-remote '
        '-o "$3" --split-mode=none --compress=yes -'
    )
    command = ["unshare", "-m", "bash", "-c", script, "mixed", machine, os.path.join(gen, "jrshim.so"), path]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)


def share(number):
    """The journal of the entry with this number: three fifths the system's, the rest the users'."""
    drawn = (number * 2654435761 >> 7) % 5
    return ("user-1000", "user-1001")[drawn] if drawn < 2 else "system"


def main(gen, out, entries, boots="24"):
    sys.path.insert(0, gen)
    import genexport

    entries, boots = int(entries), int(boots)
    options = genexport.parser().parse_args(["--seed", "mixed", "--rtc", "1"])
    device = genexport.Device("mixed", 0, options)
    folder = os.path.join(out, device.machine)
    os.makedirs(folder)
    machine = os.path.join(out, "machine-id")
    with open(machine, "w", encoding="ascii") as file:
        file.write(device.machine + "\n")
    paths = {name: os.path.join(folder, name + ".journal") for name in ("system", "user-1000", "user-1001")}
    paths["run"] = os.path.join(out, "system.journal")
    writers = {name: writer(gen, machine, path, entries) for name, path in paths.items()}
    seen, last = 0, None
    for number, entry in enumerate(device.generate(boots, entries)):
        boot = BOOT.search(entry).group(1)
        seen, last = seen + (boot != last), boot
        name = share(number)
        writers[name].stdin.write(entry)
        if name == "system" and seen > boots - IN_RUN:
            writers["run"].stdin.write(entry)
    for process in writers.values():
        process.stdin.close()
    failed = [name for name, process in writers.items() if process.wait() != 0]
    os.remove(machine)
    if failed:
        sys.exit(f"mixed.py: the writers of {', '.join(failed)} failed")
    with open(os.path.join(out, "truth.json"), "w", encoding="ascii") as file:
        json.dump({"devices": [device.truth]}, file, indent=1)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit("usage: mixed.py GEN OUT ENTRIES [BOOTS]")
    main(*sys.argv[1:])
