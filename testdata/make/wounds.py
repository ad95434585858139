#!/usr/bin/env python3
"""wounds.py BASE OUTDIR: damaged copies of one good compact file; prints a JSON line {name: what was done}."""
import json
import struct
import sys

base, out = sys.argv[1:3]
good = open(base, "rb").read()
u64 = lambda at: struct.unpack_from("<Q", good, at)[0]
assert struct.unpack_from("<I", good, 12)[0] & 16, "compact layout expected: 4-byte array items"
tail = u64(136)
end = tail + u64(tail + 8) + 7 & ~7
done = {}


def write(name, data, what):
    open(f"{out}/{name}.journal", "wb").write(data)
    done[f"{name}.journal"] = what


def change(name, what, *edits):
    data = bytearray(good)
    for at, value in edits:
        data[at:at + len(value)] = value
    write(name, data, what)


first = u64(176)  # first entry array of the main chain
arrays, at = [], first
while at:
    arrays.append(at)
    at = u64(at + 16)
slots = lambda array: (u64(array + 8) - 24) // 4
big = max(arrays[1:-1], key=slots)
write("truncated-60", good[:end * 6 // 10], "cut after 60 % of its used length, in the middle of an object")
write("zeroed-tail", good[:end * 6 // 10 & ~4095] + bytes(len(good) - (end * 6 // 10 & ~4095)), "all pages after 60 % of the used length are zero, the header is new")
change("array-looped", "the first entry array names itself as the next one", (first + 16, struct.pack("<Q", first)))
change("array-zeroed", "all slots of the third entry array are zero", (arrays[2] + 24, bytes(4 * slots(arrays[2]))))
change("array-lost", "entry_array_offset and n_entries of the header are zero (header page older than the rest)", (176, bytes(8)), (152, bytes(8)))
middle = end // 2 & ~4095
change("pages-lost", "two pages in the middle are zero", (middle, bytes(4096)), (middle + 5 * 4096, bytes(4096)))
change("header-lost", "the first 208 bytes are zero", (0, bytes(208)))
print(json.dumps(done))
