#!/usr/bin/env python3
"""What it costs to look beyond the index: CPU seconds per GB of a sound file, of the same in use, and of the same damaged.

usage: benches/walks.py [--bin BIN] [--runs N] FILE

FILE is a journal file that was closed (a set of sets.sh, say); copies of it are made in TMPDIR: one whose header says that
it is in use (byte 16), which is walked, and one that has a page of zeros in its midst too, whose values are all hashed.
Prints for `show -n 1` and `boots` the median of N runs (5), user and system time of all threads; the page cache is warm.
"""
import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PAGE = 4096
IN_USE = 1
STATE = 16


def seconds(command):
    """CPU seconds of a command, of which 0, 1 and 3 are answers."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{command}: exit status {done.returncode}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def copies(source, folder):
    """The file as it is, in use, and in use with a page gone."""
    sound, used, torn = (folder / f"{name}.journal" for name in ("sound", "in-use", "page-gone"))
    shutil.copy(source, sound)
    shutil.copy(source, used)
    with open(used, "r+b") as file:
        file.seek(STATE)
        file.write(bytes([IN_USE]))
    shutil.copy(used, torn)
    with open(torn, "r+b") as file:
        file.seek(os.path.getsize(torn) // 2 // PAGE * PAGE)
        file.write(bytes(PAGE))
    return sound, used, torn


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=HERE.parent / "target/release/lastwords")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("file", type=pathlib.Path)
    args = parser.parse_args()
    giga = args.file.stat().st_size / 1e9
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':>14} {'show -n 1':>22} {'boots':>22}   ({giga:.3f} GB, {args.runs} runs)")
        for copy in copies(args.file, pathlib.Path(folder)):
            cells = []
            for command in (["show", "-n", "1", "-q"], ["boots"]):
                took = statistics.median(
                    seconds([args.bin, command[0], "--file", copy, *command[1:]]) for _ in range(args.runs + 1)
                )
                cells.append(f"{took:7.2f} s {took / giga:6.2f} s/GB")
            print(f"{copy.stem:>14} {cells[0]:>22} {cells[1]:>22}")


if __name__ == "__main__":
    main()
