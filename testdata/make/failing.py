#!/usr/bin/env python3
"""failing.py BIN: reads two journals from a medium that fails in one of them, in each page in turn and in all of them.

The medium is a file system of this script's own (FUSE, by the kernel's protocol; needs root and /dev/fuse) that shows
testdata/broken/unharmed.journal and testdata/small/sd252-none-unkeyed-regular.journal and answers reads of some pages of
the first with EIO. Each command must end within 20 s with exit status 3 (`why` of an abrupt end with 1), or with what it
says of the sound file where it needs none of these pages; name that file on stderr and no other, and not call it empty;
and give of the second every entry. Exit status 1 if one does not.
"""
import ctypes
import errno
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FAILING, OTHER = "broken/unharmed.journal", "small/sd252-none-unkeyed-regular.journal"
PAGE = 4096
INIT, LOOKUP, GETATTR, OPEN, READ, STATFS, RELEASE, FLUSH, ACCESS, INTERRUPT = 26, 1, 3, 14, 15, 17, 18, 25, 34, 36
FORGET, FORGET_MANY = 2, 42
COMMANDS = [["show", "-o", "export"], ["show", "-o", "json", "--threads", "1"], ["show", "-r"], ["boots"], ["why"],
            ["info"], ["verify"], ["stats"], ["salvage"], ["fields", "MESSAGE"]]


class Medium:
    """A mounted file system with some files; `bad` is the range of the first one's bytes that cannot be read."""

    def __init__(self, place, files, bad):
        self.files, self.bad, self.names = files, bad, [name.encode() for name, _ in files]
        self.device = os.open("/dev/fuse", os.O_RDWR)
        libc = ctypes.CDLL(None, use_errno=True)
        options = b"fd=%d,rootmode=40000,user_id=0,group_id=0" % self.device
        if libc.mount(b"failing", place.encode(), b"fuse.failing", 1, options):
            raise OSError(ctypes.get_errno(), "mount")

    def attributes(self, node):
        mode, size = (0o40755, 0) if node == 1 else (0o100644, len(self.files[node - 2][1]))
        times = [0] * 6
        return struct.pack("<QQQQQQIIIIIIIIII", node, size, (size + 511) // 512, *times, mode, 1, 0, 0, 0, PAGE, 0)

    def answer(self, kind, node, body):
        """The answer to a request, or the error."""
        if kind == INIT:
            return struct.pack("<IIIIHHIIHHI", 7, 31, 0, 0, 12, 10, 131072, 1, 0, 0, 0) + bytes(28)
        if kind == LOOKUP:
            name = body.rstrip(b"\0")
            if name not in self.names:
                return errno.ENOENT
            node = self.names.index(name) + 2
            return struct.pack("<QQQQII", node, 0, 3600, 3600, 0, 0) + self.attributes(node)
        if kind == GETATTR:
            return struct.pack("<QII", 3600, 0, 0) + self.attributes(node)
        if kind == OPEN:
            return struct.pack("<QII", 0, 0, 0)
        if kind == READ:
            _, start, size = struct.unpack_from("<QQI", body)
            is_bad = node == 2 and self.bad[0] < start + size and start < self.bad[1]
            return errno.EIO if is_bad else self.files[node - 2][1][start:start + size]
        if kind == STATFS:
            return struct.pack("<QQQQQIIII", 0, 0, 0, 0, 0, PAGE, 255, PAGE, 0) + bytes(24)
        return b"" if kind in (RELEASE, FLUSH, ACCESS) else errno.ENOSYS

    def serve(self):
        while True:
            try:
                request = os.read(self.device, 1 << 21)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return
                continue
            _, kind, unique, node = struct.unpack_from("<IIQQ", request)
            if kind in (FORGET, FORGET_MANY, INTERRUPT):
                continue
            answer = self.answer(kind, node, request[40:])
            code, data = (-answer, b"") if isinstance(answer, int) else (0, answer)
            os.write(self.device, struct.pack("<IiQ", 16 + len(data), code, unique) + data)


def run(command):
    done = subprocess.run(command, capture_output=True, timeout=20)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def cursors(stream):
    return {line for line in stream.split(b"\n") if line.startswith(b"__CURSOR=")}


def look(binary, place, bad, files, sound):
    """Mounts the medium, runs all commands, and returns what is not as it must be."""
    medium = Medium(place, files, bad)
    process = os.fork()
    if process == 0:
        medium.serve()
        os._exit(0)
    os.close(medium.device)
    paths, wrong = [os.path.join(place, name) for name, _ in files], []
    try:
        for command in COMMANDS:
            given = paths if command[0] != "fields" else [*paths, command[1]]
            status, out, said = run([binary, *command[:1], *(command[1:] if command[0] != "fields" else []), *given])
            is_met = any(line.startswith(f"lastwords: {paths[0]}: ") for line in said.splitlines())
            # Of an abrupt end `why` tells by its status, and of the failure on stderr.
            is_named = status == 3 or (command[0] == "why" and status == 1) if is_met else status < 2
            if not is_named or paths[1] in said or "panicked" in said or "empty" in said:
                wrong.append((bad, command, status, said[:200]))
            if command == ["show", "-o", "export"] and not sound <= cursors(out):
                wrong.append((bad, command, "entries of the other file are missing"))
    finally:
        subprocess.run(["umount", place], check=True)
        os.waitpid(process, 0)
    return wrong


def main():
    binary = os.path.abspath(sys.argv[1])
    files = [(os.path.basename(name), open(os.path.join(HERE, name), "rb").read()) for name in (FAILING, OTHER)]
    _, out, _ = run([binary, "show", "-o", "export", os.path.join(HERE, OTHER)])
    sound, end, wrong = cursors(out), len(files[0][1]), []
    ranges = [(0, end), (0, end // 2), (end // 4, end)] + [(at, at + PAGE) for at in range(0, end, PAGE)]
    with tempfile.TemporaryDirectory() as place:
        for bad in ranges:
            wrong += look(binary, place, bad, files, sound)
    for one in wrong:
        print(*one)
    print(f"{len(ranges)} media, {len(sound)} entries of the other file each, {len(wrong)} wrong")
    sys.exit(bool(wrong))


main()
