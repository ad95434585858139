"""Export-format writing and made-up identities, shared by demo.py and small.py."""
import hashlib
import struct


def hex_id(*parts):
    """A 32-digit id that looks like a random (version 4) one, always the same for the same words."""
    raw = bytearray(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    return raw.hex()


def entry(realtime, monotonic, fields):
    """One entry. fields: list of (name, str or bytes); text with a newline or control byte goes the binary way."""
    out = [b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n" % (realtime, monotonic)]
    for name, value in fields:
        value = value.encode() if isinstance(value, str) else value
        plain = all(b >= 32 or b == 9 for b in value)
        try:
            value.decode()
        except UnicodeDecodeError:
            plain = False
        if plain:
            out.append(name.encode() + b"=" + value + b"\n")
        else:
            out.append(name.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n")
    return b"".join(out) + b"\n"
