"""The only metadata that stays with a photo: which way is up."""

import struct

TAG = 0x0112
UPRIGHT = 1


def orientation_only(orientation: int) -> bytes:
    """Return a TIFF block (the body of EXIF) with one entry: the orientation, 1 to 8."""
    header = struct.pack("<2sHI", b"II", 42, 8)
    entry = struct.pack("<HHIHH", TAG, 3, 1, orientation, 0)
    return header + struct.pack("<H", 1) + entry + struct.pack("<I", 0)
