"""Files made to smuggle a place or a name past the removal of metadata; and files made to cost memory or time."""

import io
import struct
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from server.photos.inspection import SCANS_AT_MOST, PhotoRefused, inspect_photo
from server.photos.metadata.jpeg import scans

ROOT = Path(__file__).parents[3]
SECRET = b"48.8583 north, serial 12345"


def picture():
    return Image.effect_noise((96, 128), 60).convert("RGB")


def saved(kind, image=None, **options):
    buffer = io.BytesIO()
    (image or picture()).save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of a second picture that is none.
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def jpeg_with(marker, body):
    data = saved("JPEG")
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + data[2:]


APPLICATION = [(0xE0 + number, SECRET) for number in range(16)]
DISGUISED = [
    (0xE0, b"JFXX\0\x10" + SECRET),
    (0xE0, b"JFIF\0\1\1\0\0\1\0\1\3\3" + SECRET * 3),
    (0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + SECRET),
    (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + SECRET),
    (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRET),
    (0xE2, b"MPF\0" + SECRET),
    (0xE2, b"FPXR\0" + SECRET),
    (0xEB, b"JP\0\0" + SECRET),
    (0xED, b"Photoshop 3.0\x008BIM" + SECRET),
    (0xEE, b"Adobe\0d\0\0\0\0\1" + SECRET),
    (0xFE, SECRET),
]
RESERVED = (0x02, 0x4F, 0xBF, 0xC8, 0xDE, 0xDF, 0xF0, 0xF7, 0xFD)


@pytest.mark.parametrize(("marker", "body"), [*APPLICATION, *DISGUISED])
def test_no_segment_of_a_jpeg_carries_anything_past(marker, body):
    data = jpeg_with(marker, body)
    stripped = inspect_photo(data, "image/jpeg").data
    assert SECRET not in stripped
    assert np.array_equal(pixels(stripped), pixels(data))


@pytest.mark.parametrize("marker", RESERVED)
def test_a_jpeg_with_a_segment_that_no_camera_writes_is_refused(marker):
    with pytest.raises(PhotoRefused):
        inspect_photo(jpeg_with(marker, SECRET), "image/jpeg")


def test_what_hides_behind_the_first_picture_of_a_jpeg_is_gone():
    data = saved("JPEG") + SECRET + saved("JPEG", comment=SECRET) + b"ftypmp42" + SECRET
    stripped = inspect_photo(data, "image/jpeg").data
    assert SECRET not in stripped
    assert stripped.count(b"\xff\xd8") == stripped.count(b"\xff\xd9") == 1


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize(
    ("name", "body"),
    [
        (b"tEXt", b"GPS\0" + SECRET),
        (b"zTXt", b"GPS\0\0" + zlib.compress(SECRET, 0)),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET),
        (b"eXIf", b"MM\0*\0\0\0\x08\0\1\1\x0f\0\2\0\0\0\x1c\0\0\0\x1a\0\0\0\0" + SECRET + b"\0"),
        (b"tIME", b"\x07\xea\x03\x01\x08\x1e\x00"),
        (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
        (b"hIST", SECRET + b"\0"),
        (b"sPLT", b"p\0\x08" + SECRET),
        (b"caBX", SECRET),
        (b"prVt", SECRET),
        (b"vpAg", SECRET),
    ],
)
def test_no_chunk_of_a_png_carries_anything_past(name, body, place):
    data = saved("PNG")
    at = 33 if place == "first" else data.rindex(b"IEND") - 4
    data = data[:at] + chunk(name, body) + data[at:] + SECRET
    stripped = inspect_photo(data, "image/png").data
    assert SECRET not in stripped
    assert name not in stripped
    assert np.array_equal(pixels(stripped), pixels(data))


@pytest.mark.parametrize("name", [b"EXIF", b"XMP ", b"ANIM", b"JUNK", b"FRGM"])
def test_no_chunk_of_a_webp_carries_anything_past(name):
    data = saved("WEBP", exif=b"Exif\0\0" + Image.Exif().tobytes()[6:] if name == b"EXIF" else b"")
    body = SECRET + b"\0"
    more = name + struct.pack("<I", len(body)) + body
    data = b"RIFF" + struct.pack("<I", len(data) - 8 + len(more)) + data[8:] + more + SECRET
    stripped = inspect_photo(data, "image/webp").data
    assert SECRET not in stripped
    assert np.array_equal(pixels(stripped), pixels(data))


def test_a_film_of_one_frame_is_no_photo():
    frames = [Image.new("RGB", (96, 128), (shade, 0, 0)) for shade in (0, 128)]
    film = saved("WEBP", frames[0], save_all=True, append_images=frames[1:], duration=100)
    second = film.rindex(b"ANMF")
    frame = film[:4] + struct.pack("<I", second - 8) + film[8:second]
    with pytest.raises(PhotoRefused):
        inspect_photo(frame, "image/webp")


def with_passes(count):
    data = saved("JPEG", Image.new("L", (96, 128), 128), progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * count + data[-2:]


def test_a_jpeg_of_a_few_bytes_a_pass_cannot_keep_the_server_busy():
    usual = scans(saved("JPEG", progressive=True))
    assert 1 < usual <= 10
    hostile = with_passes(2_000)
    assert scans(hostile) > SCANS_AT_MOST
    with pytest.raises(PhotoRefused) as refused:
        inspect_photo(hostile, "image/jpeg")
    assert (refused.value.status, refused.value.code) == (413, "photo_too_large")


def png_of_zeros(width, height, rows):
    """A PNG in RGBA with so many of its rows, a thousand times smaller than its pixels."""
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(bytes(4 * width + 1)) for _ in range(rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


MEASURED = """
import resource, sys
from server.photos.inspection import PhotoRefused, inspect_photo
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    inspect_photo(data, sys.argv[1])
    code = "kept"
except PhotoRefused as refused:
    code = refused.code
print(code, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def cost(data, media_type="image/png"):
    """What becomes of an upload, and how many MiB more a process of its own needs for it."""
    command = [sys.executable, "-c", MEASURED, media_type]
    done = subprocess.run(command, input=data, cwd=ROOT, capture_output=True, check=True)
    code, mebibytes = done.stdout.split()
    return code.decode(), int(mebibytes)


def webp_of_canvas(width, height):
    data = saved("WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0")
    place = data.index(b"VP8X") + 12
    return data[:place] + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + data[place + 6 :]


def jpeg_of_size(width, height):
    data = saved("JPEG")
    size = data.index(b"\xff\xc0") + 5
    return data[:size] + struct.pack(">HH", height, width) + data[size + 4 :]


BOMBS = [
    (png_of_zeros(20_000, 4_000, rows=100), "image/png"),
    (png_of_zeros(60_000, 60_000, rows=10), "image/png"),
    (jpeg_of_size(14_000, 14_000), "image/jpeg"),
    (jpeg_of_size(65_000, 65_000), "image/jpeg"),
    (webp_of_canvas(16_000, 16_000), "image/webp"),
]


@pytest.mark.parametrize(("data", "media_type"), BOMBS)
def test_more_pixels_than_are_read_are_refused_before_any_is_decoded(data, media_type):
    code, mebibytes = cost(data, media_type)
    assert code == "photo_too_large"
    assert mebibytes < 40


def test_the_largest_photo_that_is_read_needs_a_bounded_amount_of_memory():
    code, mebibytes = cost(png_of_zeros(8_000, 8_000, rows=8_000))
    assert code == "kept"
    assert mebibytes < 600
