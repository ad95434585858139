#!/usr/bin/env python3
"""small.py [--twice] [MORE]: export stream of the small files on standard output: two boots, about 130 entries, every awkward kind of value."""
import random
import sys

from export import entry, hex_id

MACHINE = hex_id("machine", "small")
BOOTS = [(hex_id("boot", "small", 1), 1_790_000_000_000_000), (hex_id("boot", "small", 2), 1_790_003_600_000_000)]
rng = random.Random("small")
rows = []
state = {}


def put(text=None, ident="app", unit="app.service", pid=700, priority=6, transport="journal", more=(), gap=1_000_000):
    state["mono"] += rng.randrange(gap // 2, gap + 1) + 1
    fields = [("_TRANSPORT", transport), ("PRIORITY", str(priority)), ("SYSLOG_IDENTIFIER", ident)]
    if transport == "kernel":
        fields += [("SYSLOG_FACILITY", "0"), ("_SOURCE_MONOTONIC_TIMESTAMP", str(state["mono"] - 40))]
    else:
        fields += [("_PID", str(pid)), ("_UID", "0"), ("_GID", "0"), ("_COMM", ident[:15]), ("_SYSTEMD_UNIT", unit)]
    fields += list(more) + [("_BOOT_ID", state["boot"]), ("_MACHINE_ID", MACHINE), ("_HOSTNAME", "small")]
    if text is not None:
        fields.append(("MESSAGE", text))
    rows.append(entry(state["zero"] + state["mono"], state["mono"], fields))


def awkward():
    put("two values of one field", more=[("TAG", "alpha"), ("TAG", "beta")])
    if "--twice" in sys.argv:  # 247 stores it twice and its own --verify then objects
        put("one value twice", more=[("TAG", "alpha"), ("TAG", "alpha")])
    put("binary value", more=[("BLOB", bytes(range(256)))])
    put("not UTF-8", more=[("LATIN1", b"na\xefve caf\xe9"), ("CUT", "€".encode()[:2])])
    put(b"MESSAGE with a bad byte \xff\xfe in it")
    put("first line\nsecond line\n\tthird, indented\n")
    put("")
    put("empty value beside a full one", more=[("EMPTY", ""), ("FULL", "x")])
    put("Grüße, 東京 ☃ 🚀 e\u0301 \u202eright to left\u202c")
    put("\x1b[1;31mred\x1b[0m and \x1b]0;title\x07 and \x08\x7f")
    put("tab\tand carriage return\r", priority=4)
    put("nul\0inside")
    put("control \x01\x02\x03 and C1 \x85")
    put("long: " + "".join(rng.choice("abcdefghijklmnopqrstuvwxyz ") for _ in range(4094)))
    put("repeating: " + "the same words again and again; " * 60, more=[("DUMP", "0123456789abcdef" * 64)])
    put("just below, at and above the limit of compression", more=[("B511", "b" * 506), ("B512", "b" * 507), ("B513", "b" * 508)])
    put("value with equal signs", more=[("QUERY", "a=b=c"), ("DIGITS9", "9"), ("_UNDER", "trusted look")])
    put(None, more=[("NOTE", "no MESSAGE in this entry"), ("CODE_LINE", "12")])
    put(None, ident="silent", unit="silent.service")
    put("name of a field at the longest", more=[("F" * 64, "sixty-four")])
    put("priority out of range", priority=9)
    put("identifier with spaces", ident="my prog [x]")
    put("unit name with escapes", unit="dev-disk-by\\x2dlabel-DATA.device")
    put("1e3", more=[("NUMBER", "-1"), ("HEXNUM", "0x10"), ("QUOTED", '"in quotes" \\ and \\n')])


def boot(number):
    state.update(boot=BOOTS[number][0], zero=BOOTS[number][1], mono=900_000)
    put("Linux version 6.1.0-40-amd64 (small@example.net)", "kernel", priority=5, transport="kernel", gap=100)
    for n in range(14):
        put(f"pci 0000:00:{n:02x}.0: [1022:{0x1400 + n:04x}] type 00", "kernel", transport="kernel", gap=90)
    for n, unit in enumerate(("dbus", "cron", "ssh", "app", "mosquitto")):
        put(f"Starting {unit}.service...", "systemd", "init.scope", 1, more=[("UNIT", f"{unit}.service"), ("JOB_TYPE", "start"), ("JOB_ID", str(n + 1)), ("MESSAGE_ID", "7d4958e842da4a758f6c1cdc7b36dcc5")], gap=9000)
        put(f"Started {unit}.service.", "systemd", "init.scope", 1, more=[("UNIT", f"{unit}.service"), ("JOB_TYPE", "start"), ("JOB_ID", str(n + 1)), ("JOB_RESULT", "done"), ("MESSAGE_ID", "39f53479d3a045ac8e11786248231fbf")], gap=9000)


boot(0)
awkward()
for n in range(20):
    put(f"reading {n}: {20 + n / 8:.3f}", gap=20_000_000)
boot(1)
for n in range(20):
    put(f"(root) CMD (job {n % 3})", "CRON", "cron.service", 900 + n, gap=60_000_000, priority=6 - n % 3)
put("disk is full", "app", priority=2)
put("\x1b[32mok\x1b[0m\nsecond line", "app", priority=3)
if sys.argv[1:] and sys.argv[-1].isdigit():  # a longer one for the rotation and the damage
    for n in range(int(sys.argv[-1])):
        more = [(f"VALUE{i}", f"{rng.random():.9f}") for i in range(4)]
        put(f"extra line {n} of the long stream, value {rng.random():.9f}", pid=700 + n % 7, gap=900_000, more=more)
sys.stdout.buffer.write(b"".join(rows))
print(len(rows), "entries", file=sys.stderr)
