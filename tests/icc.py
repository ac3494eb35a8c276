"""ICC profiles made on the spot: an RGB display by its primaries and curve, and a printer's four inks."""

import struct
from itertools import product

import numpy as np

D50 = (0.9642, 1.0, 0.8249)

DISPLAY_P3 = np.array([[0.515102, 0.241182, -0.001050], [0.291965, 0.692236, 0.041885], [0.157153, 0.066585, 0.784378]])
"""Rows: X Y Z (D50) of full red, green and blue."""

WIDE = np.array([[0.7976749, 0.2880402, 0.0], [0.1351917, 0.7118741, 0.0], [0.0313534, 0.0000857, 0.8252100]])
"""ProPhoto RGB's, far wider than what a face shows."""

SRGB = np.array(
    [[0.4360747, 0.2225045, 0.0139322], [0.3850649, 0.7168786, 0.0971045], [0.1430804, 0.0606169, 0.7141733]]
)


def _fixed(values):
    return b"".join(struct.pack(">i", round(float(value) * 65536)) for value in values)


def _profile(kind, space, connection, tags):
    table, body, at = b"", b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    size = at + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"test", 0x02400000, kind, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + _fixed(D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _words():
    return {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 79,
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(D50),
    }


def rgb_profile(primaries, gamma):
    """A display with these primaries (see `DISPLAY_P3`) and a curve of one exponent."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    colours = {
        name: b"XYZ \0\0\0\0" + _fixed(xyz) for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)
    }
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return _profile(b"mntr", b"RGB ", b"XYZ ", {**_words(), **colours, **curves})


def inks_profile(lightest):
    """Four inks that only darken: L* = `lightest` × (1 − mean of C, M, Y) × (1 − K), without any hue."""
    corners = [lightest * (1 - sum(cmyk[:3]) / 3) * (1 - cmyk[3]) for cmyk in product((0, 1), repeat=4)]
    table = b"".join(struct.pack("BBB", round(light * 2.55), 128, 128) for light in corners)
    even = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + _fixed(np.eye(3).ravel()) + even * 4 + table + even * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {**_words(), b"A2B0": lut})


def encoded(srgb, primaries, gamma):
    """[..., 3] 0–255: what a device with these primaries and curve is sent to show these sRGB levels."""
    share = np.asarray(srgb, dtype=np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    device = linear @ SRGB @ np.linalg.inv(primaries)
    return np.rint(255 * device.clip(0, 1) ** (1 / gamma)).astype(np.uint8)
