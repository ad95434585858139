#!/usr/bin/env python3
"""answers.py TESTDATA WORK GEN: record what journalctl 252 says of every file (see answers/README.md), check the demo's
truth.json against it, and write broken/expected.json and manifest.json."""
import glob
import json
import os
import re
import subprocess
import sys

top, work, gen = sys.argv[1:4]
os.chdir(top)
env = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", SYSTEMD_COLORS="0")
new = f"{gen}/sd257/usr/lib/x86_64-linux-gnu"
JOURNALCTL_257 = [f"{new}/ld-linux-x86-64.so.2", "--library-path", f"{new}:{new}/systemd", f"{gen}/sd257/usr/bin/journalctl"]


def ask(*args, program=("journalctl",), cwd=None):
    try:
        r = subprocess.run([*program, "--no-pager", *args], env=env, cwd=cwd, capture_output=True, timeout=20)
    except subprocess.TimeoutExpired as e:
        return "timeout", e.stdout or b"", b""
    return r.returncode, r.stdout, r.stderr


def save(name, data):
    open(f"answers/{name}", "wb").write(data)


def header(data):
    keep = [l for l in data.decode().splitlines() if not l.startswith(("Disk usage", "File path"))]
    return "\n".join(keep).encode() + b"\n"


def count(where):
    code, out, err = ask(*where, "-o", "export")
    return len(re.findall(rb"^__CURSOR=", out, re.M)), code, err.decode().strip().replace(top + "/", "").replace(os.getcwd() + "/", "")


manifest, verify = {}, []


def describe(path):
    with open(path, "rb") as f:
        h = f.read(272)
    u32, u64 = lambda at: int.from_bytes(h[at:at + 4], "little"), lambda at: int.from_bytes(h[at:at + 8], "little")
    entries, code, err = count(["--file", path])
    row = dict(bytes=os.path.getsize(path), header_size=u64(88), state=["OFFLINE", "ONLINE", "ARCHIVED"][h[16]] if h[16] < 3 else h[16],
               compatible=u32(8), incompatible=u32(12), entries_journalctl_252=entries)
    if code or err:
        row["journalctl_252"] = f"exit {code}: {err}"
    return row


def key(path):
    path = path.replace(".journal", ".key")
    if path[-4:] != ".key":
        return []
    return ["--verify-key", open(path).read().strip()] if os.path.exists(path) else []


full = {"sd247-lz4-keyed-regular.journal", "sd252-zstd-keyed-compact.journal", "sd252-none-unkeyed-regular.journal", "sd254-xz-keyed-compact.journal",
        "sd257-zstd-keyed-compact.journal"}
for path in sorted(glob.glob("small/*.journal*")):
    name = os.path.basename(path)
    manifest[path] = describe(path)
    if name == "state-offline-renamed.journal~":  # the same bytes as sd252-zstd-keyed-compact.journal
        continue
    modes = (["short"] if name == "state-archived-247.journal" else ["export", "short"]) + (["json", "cat", "short-iso-precise"] if name in full else [])
    for mode in modes:
        save(f"{name}.{mode}", ask("--file", path, "-o", mode)[1])
    save(f"{name}.header", header(ask("--file", path, "--header")[1]))
device = glob.glob("demo/*/")[0].rstrip("/")
for path in sorted(glob.glob(device + "/*")):
    manifest[path] = describe(path)
for mode in ("export", "short", "short-iso-precise", "json"):
    out = ask("-D", device, "-o", mode)[1]
    if mode == "json":
        out = subprocess.run(["zstd", "-19", "-q", "-c"], input=out, capture_output=True).stdout
        mode = "json.zst"
    save("demo." + mode, out)
save("demo.list-boots", ask("-D", device, "--list-boots")[1])
save("demo.header", b"\n".join(os.path.basename(p).encode() + b"\n" + header(ask("--file", p, "--header")[1]) for p in sorted(glob.glob(device + "/*"))))

for path in list(manifest):
    for version, program in (("252", ("journalctl",)), ("257", JOURNALCTL_257)):
        code, out, err = ask("--verify", *key(path), "--file", path, program=program)
        text = (out + err).decode("utf8", "replace").replace("\r", "\n").replace("\x1b[K", "")
        last = [l for l in text.splitlines() if l.strip() and "%" not in l]
        verify.append(f"{version} exit {code} {path}: {last[-1].strip()[:140] if last else ''}")
save("verify.txt", "\n".join(verify).encode() + b"\n")

# broken files
wounds = json.load(open(f"{work}/wounds.json"))
wounds["unharmed.journal"] = "the good file that the others are copies of"
wounds["killed-in-mid-write.journal"] = "systemd-journal-remote 252 killed between two stores; " + open(f"{work}/torn.txt").read().strip().split(": ", 1)[1]
expected = {}
for name, what in sorted(wounds.items()):
    row = describe(f"broken/{name}")
    row["what"] = what
    code, out, err = ask("-o", "export", "--file", f"broken/{name}", program=JOURNALCTL_257)
    row["entries_journalctl_257"] = len(re.findall(rb"^__CURSOR=", out, re.M))
    expected[name] = row
json.dump(expected, open("broken/expected.json", "w"), indent=1)
json.dump(manifest, open("manifest.json", "w"), indent=1)

# the demo against its truth
truth = json.load(open("demo/truth.json"))
assert device.endswith(truth["machine_id"])
for boot in truth["boots"]:
    code, out, err = ask("-D", device, "-o", "json", "--output-fields=MESSAGE", f"_BOOT_ID={boot['boot_id']}")
    rows = [json.loads(l) for l in out.splitlines()]
    times = [int(r["__REALTIME_TIMESTAMP"]) for r in rows]
    texts = [r.get("MESSAGE") for r in rows]
    assert (len(rows), times[0], times[-1]) == (boot["entries"], boot["first_realtime_us"], boot["last_realtime_us"]), boot["boot"]
    for line in boot["evidence"]:
        assert line in texts, (boot["boot"], line)
    if boot["boot"] < len(truth["boots"]):
        after = ask("-D", device, "-o", "cat", f"_BOOT_ID={truth['boots'][boot['boot']]['boot_id']}")[1].decode()
        for line in boot["next_boot_evidence"]:
            assert line in after, (boot["boot"], line)
print("demo agrees with truth.json;", sum(b["entries"] for b in truth["boots"]), "entries")
