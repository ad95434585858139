#!/usr/bin/env python3
"""Holds verdicts against journals whose true ends are known, and prints a table.

    truth.py BIN [--made DIR] [--gen DIR] [--cache DIR] [--seeds 1,2,3] [-v]

* streams of ../shared/gen/genexport.py, three seeds of six devices with thirteen boots each, with a clock that keeps time
  (rtc) and without (nortc), written by systemd-journal-remote as root; kept in --cache (/tmp/lastwords-truth)
* multi/, live/ and nortc/ of ../shared/data/made.tar.zst, unpacked into the cache unless --made says where it is

A cause is `right` where it is what happened; `wider` where it is true but a more exact id exists (`requested.api` for a
restart that the supervisor asked for); `open` where it is `undetermined` and what happened is among the candidates;
`missed` where it is `undetermined` without; else wrong, by its confidence. A boot's place must be right too.
The last line is the sum; exit 1 on a wrong orderliness, a wrong order, or anything wrong that is called proven."""
import argparse
import collections
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
REMOTE = "/lib/systemd/systemd-journal-remote"

# What happened, by the generator's word: orderliness, actions, exact causes, causes that are true but wider.
TRUTH = {
    # The supervisor says that its API was asked to.
    "clean_reboot": ("orderly", ["reboot"], ["requested.orchestrator"], ["requested.api"]),
    # A line of the kernel tells of the button, none of logind's.
    "clean_poweroff": ("orderly", ["poweroff"], ["requested.key"], ["requested.api"]),
    "hup_reboot": ("orderly", ["reboot"], ["update.os-image"], ["requested.api"]),
    "thermal_shutdown": ("orderly", ["poweroff"], ["thermal.orderly"], []),
    # The supervisor gives the full disk as its reason.
    "disk_full": ("orderly", ["reboot"], ["storage.full"], ["requested.orchestrator", "requested.api"]),
    "power_cut": ("abrupt", ["power-cut", "unknown"], ["power.loss"], []),
    "panic_unlogged": ("abrupt", ["reset", "unknown"], ["kernel.panic"], ["kernel.oops"]),
    "kernel_panic": ("abrupt", ["reset", "unknown"], ["kernel.panic"], ["kernel.oops"]),
    "hw_watchdog": ("abrupt", ["reset", "unknown"], ["watchdog.hardware"], ["kernel.lockup-soft", "kernel.rcu-stall"]),
    "oom_cascade": ("abrupt", ["reset", "unknown"], ["memory.oom-panic"], ["kernel.panic"]),
    "undervoltage_cut": ("abrupt", ["power-cut", "reset", "unknown"], ["power.undervoltage"], ["power.loss"]),
    # The data partition failed, and the boot was given up in emergency mode.
    "emergency_mode": ("abrupt", ["reset", "power-cut", "unknown"], ["boot.failed-emergency"],
                       ["storage.readonly-remount", "storage.io-error", "power.loss"]),
    "running": ("running", [None], ["none.still-running"], []),
    # Journals of a real journald alone: nothing says who stopped it, or what killed it.
    "journald_stopped": ("orderly", ["unknown"], ["undetermined.orderly"], []),
    "journald_killed": ("abrupt", ["power-cut", "reset", "unknown"], ["power.loss"], []),
}
COLUMNS = ["boots", "orderly?", "action?", "right", "wider", "open", "missed", "possible", "likely", "proven"]


def generated(seed, rtc, options):
    """The folder of one generated set, made unless it is there."""
    folder = os.path.join(options.cache, f"seed{seed}-{'rtc' if rtc else 'nortc'}")
    if os.path.exists(os.path.join(folder, "done")):
        return folder
    os.makedirs(folder, exist_ok=True)
    generator = os.path.join(options.gen, "genexport.py")
    subprocess.run([sys.executable, generator, "--seed", str(seed), "--devices", "6", "--boots", "13", "--entries", "6000",
                    "--rtc", str(int(rtc)), "--no-huge", "--outdir", folder], check=True)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".export"):
            write(folder, name.removesuffix(".export"))
    open(os.path.join(folder, "done"), "w").close()
    return folder


def write(folder, machine):
    """Has the real writer make a journal of a stream, under the machine id of the device."""
    stream, below = os.path.join(folder, machine + ".export"), os.path.join(folder, machine)
    os.makedirs(below, exist_ok=True)
    with open(os.path.join(folder, "machine-id"), "w") as file:
        file.write(machine + "\n")
    inner = (f"mount --bind '{folder}/machine-id' /etc/machine-id && "
             f"exec {REMOTE} -o '{below}/system.journal' --split-mode=none -")
    with open(stream, "rb") as source:
        subprocess.run(["unshare", "-m", "bash", "-c", inner], stdin=source, check=True, stderr=subprocess.DEVNULL)
    os.remove(stream)


def made(options):
    """The folder of the unpacked archive."""
    if options.made:
        return options.made
    folder = os.path.join(options.cache, "made")
    if not os.path.isdir(folder):
        os.makedirs(folder)
        archive = os.path.join(options.gen, "../data/made.tar.zst")
        subprocess.run(["tar", "-C", folder, "--use-compress-program=zstd -d --long=27", "-xf", archive], check=True)
    return folder


def devices(folder):
    """The directories and true boots of a generated set: (directory, [(boot id, what happened)])."""
    with open(os.path.join(folder, "truth.json")) as file:
        truth = json.load(file)
    for device in truth["devices"]:
        yield os.path.join(folder, device["machine_id"]), [(boot["boot_id"], boot["cause"]) for boot in device["boots"]]


def real(folder):
    """The same of the journals that a real journald wrote."""
    ids = [f"{number:032x}" for number in (0xB001, 0xB002, 0xB003)]
    live = os.path.join(folder, "live")
    ends = {"at-cut": ["running"], "running": ["journald_killed", "running"],
            "stopped": ["journald_killed", "journald_stopped"]}
    for name in sorted(os.listdir(live)):
        how = next((how for how in ends if name.endswith("-" + how)), None)
        if how:
            yield os.path.join(live, name), list(zip(ids, ["journald_stopped", *ends[how]]))
    stopped = [(f"{number:032x}", "journald_stopped") for number in (0xC001, 0xC002, 0xC003)]
    yield os.path.join(folder, "nortc"), stopped


class Tally:
    """The table, and what is wrong."""

    def __init__(self, verbose):
        self.rows = collections.defaultdict(collections.Counter)
        self.wrong, self.verbose = [], verbose

    def take(self, directory, boots, listed):
        order = [row["boot_id"] for row in listed]
        if order != [boot for boot, _ in boots]:
            self.wrong.append(f"{directory}: boots {order}, truly {[boot for boot, _ in boots]}")
        rows = {row["boot_id"]: row for row in listed}
        for boot, happened in boots:
            if boot in rows:
                self.judge(directory, boot, happened, rows[boot]["ending"])

    def judge(self, directory, boot, happened, ending):
        orderliness, actions, exact, wider = TRUTH[happened]
        row, where = self.rows[happened], f"{directory} {boot[-8:]} {happened}"
        row["boots"] += 1
        row["orderly?"] += ending["orderliness"] == orderliness
        row["action?"] += ending.get("action") in actions
        if ending["orderliness"] != orderliness:
            self.wrong.append(f"{where}: orderliness {ending['orderliness']}, truly {orderliness}")
        verdict = self.cause(ending, exact, wider)
        row[verdict] += 1
        if verdict == "proven":
            self.wrong.append(f"{where}: {ending['cause']} called proven")
        if self.verbose and verdict not in ("right", "open") or verdict == "likely":
            print(f"{verdict}: {where}: {ending.get('cause')} {ending.get('confidence')} {ending.get('candidates')}")

    @staticmethod
    def cause(ending, exact, wider):
        cause, level = ending.get("cause"), ending.get("confidence")
        if cause in exact:
            return "right"
        if cause in wider:
            return "wider"
        if cause is None or level == "undetermined":
            return "open" if set(exact + wider) & set(ending.get("candidates", [])) else "missed"
        return level or "likely"

    def table(self):
        print(f"{'':18}" + "".join(f"{name:>9}" for name in COLUMNS))
        total = collections.Counter()
        for happened in TRUTH:
            if happened in self.rows:
                total.update(self.rows[happened])
                print(f"{happened:18}" + "".join(f"{self.rows[happened][name]:9}" for name in COLUMNS))
        print(f"{'all':18}" + "".join(f"{total[name]:9}" for name in COLUMNS))
        print("the last three are wrong causes by confidence")
        return total


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bin")
    options.add_argument("--made", help="the unpacked archive of made.tar.zst")
    options.add_argument("--gen", default=os.path.join(HERE, "../../../shared/gen"), help="the generator's folder")
    options.add_argument("--cache", default="/tmp/lastwords-truth")
    options.add_argument("--seeds", default="1,2,3")
    options.add_argument("-v", "--verbose", action="store_true", help="list every cause that is not right")
    options = options.parse_args()
    sets = []
    for seed in options.seeds.split(","):
        for rtc in (True, False):
            sets += devices(generated(seed, rtc, options))
    archive = made(options)
    sets += devices(os.path.join(archive, "multi"))
    sets += real(archive)
    tally = Tally(options.verbose)
    for directory, boots in sets:
        answer = subprocess.run([os.path.abspath(options.bin), "boots", directory, "-o", "json"], capture_output=True, timeout=300)
        tally.take(directory, boots, json.loads(answer.stdout))
    total = tally.table()
    for line in tally.wrong:
        print("WRONG", line)
    print(f"{len(sets)} journals, {total['boots']} boots: {len(tally.wrong)} wrong")
    sys.exit(1 if tally.wrong else 0)


if __name__ == "__main__":
    main()
