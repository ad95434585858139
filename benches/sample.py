#!/usr/bin/env python3
"""Run one command and measure it; the helper of peers.sh.

    sample.py time OUT CMD...   prints "SECONDS BYTES": wall time from spawn to exit,
                                bytes written by the process (wchar of /proc/PID/io)
    sample.py anon OUT CMD...   prints "KIB SAMPLES": highest RssAnon seen in
                                /proc/PID/status, and how often it was read

OUT receives the command's standard output; standard input is /dev/null. If the command
cannot be started or does not exit with 0, nothing is printed on standard output, one
sentence goes to standard error, and the exit status is 1.

posix_spawn returns after the exec, so this interpreter's own memory is never sampled.
"""

import os
import sys
import tempfile
import time

TIGHT_SECONDS = 0.05  # a short command is sampled more often
TIGHT_PAUSE = 0.0002
PAUSE = 0.002


def spawn(out, argv, err):
    """Start argv with its three standard streams set; returns the pid."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_DUP2, err.fileno(), 2),
    ]
    return os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)


def written(pid):
    """Bytes written so far; also answers for a process that ended and was not reaped."""
    with open(f"/proc/{pid}/io", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("wchar:"):
                return int(line.split()[1])
    raise OSError(f"/proc/{pid}/io has no wchar line")


def rss_anon(pid):
    """RssAnon in KiB, or None once the process has no memory any more."""
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return None


def timed(pid, start):
    """Wait for the end; the answer and the exit status."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    seconds = time.perf_counter() - start
    count = written(pid)
    return f"{seconds:.6f} {count}", os.waitpid(pid, 0)[1]


def sampled(pid, start):
    """Read RssAnon until the end; the answer and the exit status."""
    peak, samples = 0, 0
    while True:
        kib = rss_anon(pid)
        if kib is not None:
            peak, samples = max(peak, kib), samples + 1
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return f"{peak} {samples}", status
        time.sleep(TIGHT_PAUSE if time.perf_counter() - start < TIGHT_SECONDS else PAUSE)


def main(args):
    if len(args) < 3 or args[0] not in ("time", "anon"):
        sys.exit("usage: sample.py time|anon OUT CMD...")
    how, out, argv = (timed if args[0] == "time" else sampled), args[1], args[2:]
    with tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        try:
            pid = spawn(out, argv, err)
        except OSError as why:
            sys.exit(f"sample.py: {argv[0]} cannot be started: {why.strerror}")
        try:
            answer, status = how(pid, start)
        except OSError as why:
            sys.exit(f"sample.py: {argv[0]} cannot be measured: {why}")
        code = os.waitstatus_to_exitcode(status)
        if code != 0:
            err.seek(0)
            said = err.read(2000).decode("utf-8", "replace").strip().splitlines()
            shown = " ".join(argv) if len(argv) < 20 else f"{argv[0]} ..."
            said_last = f": {said[-1]}" if said else ""
            sys.exit(f"sample.py: `{shown}` ended with status {code}{said_last}")
    print(answer)


if __name__ == "__main__":
    main(sys.argv[1:])
