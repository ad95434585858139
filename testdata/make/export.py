"""The export format, written and read, and made-up identities: shared by the scripts beside it."""
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


def fields(stream):
    """The entries of an export stream, each a list of names and values."""
    at, entry = 0, []
    while at < len(stream):
        end = stream.index(b"\n", at)
        line, at = stream[at:end], end + 1
        if not line:
            yield entry
            entry = []
        elif b"=" in line:
            entry.append(tuple(line.split(b"=", 1)))
        else:
            size = struct.unpack_from("<Q", stream, at)[0]
            entry.append((line, stream[at + 8:at + 8 + size]))
            at += 8 + size + 1
