"""Photos stand upright as browsers show them, or are refused where just the orientation is damaged."""

import struct

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mobile_models.image import read_photo
from mobile_models.orientation import EXIF_ORIENTATION, UPRIGHT, PhotoOrientationUnknown

CORNERS = Image.new("RGB", (96, 128), (120, 120, 120))
CORNERS.paste((250, 0, 0), (0, 0, 48, 64))
CORNERS.paste((0, 0, 250), (48, 64, 96, 128))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_exif_orientation_is_turned_upright(orientation, kind, encode):
    turn = UPRIGHT[orientation]
    undo = {UPRIGHT[6]: UPRIGHT[8], UPRIGHT[8]: UPRIGHT[6]}.get(turn, turn)
    stored = CORNERS if undo is None else CORNERS.transpose(undo)
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    photo = read_photo(encode(stored, kind, exif=exif, quality=95))
    assert (photo.width_px, photo.height_px) == (96, 128)
    assert np.abs(np.asarray(photo.pixels).astype(int) - np.asarray(CORNERS)).mean() < 4


@pytest.mark.parametrize("orientation", [0, 9, 255, 4711])
def test_an_orientation_that_does_not_exist_is_upright_as_in_every_viewer(orientation, encode):
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    photo = read_photo(encode(CORNERS, exif=exif.tobytes(), quality=95))
    assert (photo.width_px, photo.height_px) == (96, 128)


def entry(tag, kind, how_many, value):
    return struct.pack("<HHI4s", tag, kind, how_many, value)


def directory(*entries, claimed=None):
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", claimed or len(entries)) + b"".join(entries) + b"\0" * 4


OUTSIDE = entry(0x010F, 2, 40, struct.pack("<I", 0xFFFF))
LYING_ENTRY = entry(EXIF_ORIENTATION, 3, 1, b"\x06\0\0\0")


@pytest.mark.parametrize(
    ("exif", "size"),
    [
        (b"Exif\0\0 not a directory at all", (96, 128)),
        (b"Exif\0\0II*\0\xff\xff\0\0", (96, 128)),
        (b"Exif\0\0", (96, 128)),
        (b"Exif\0\0MM", (96, 128)),
        (directory(OUTSIDE), (96, 128)),
        (directory(OUTSIDE, LYING_ENTRY), (128, 96)),
        (directory(LYING_ENTRY, OUTSIDE), (128, 96)),
        (directory(LYING_ENTRY, claimed=900), (128, 96)),
        (directory(entry(EXIF_ORIENTATION, 4, 1, b"\x06\0\0\0")), (128, 96)),
    ],
    ids=[
        "no directory",
        "directory past the end",
        "nothing",
        "cut head",
        "maker outside",
        "maker outside, then lying",
        "lying, then maker outside",
        "more entries claimed than there are",
        "orientation as a long number",
    ],
)
def test_whatever_else_is_damaged_the_orientation_alone_decides(exif, size, encode):
    photo = read_photo(encode(CORNERS, exif=exif))
    assert (photo.width_px, photo.height_px) == size


@pytest.mark.parametrize(
    "exif",
    [
        directory(entry(EXIF_ORIENTATION, 2, 1, b"6\0\0\0")),
        directory(entry(EXIF_ORIENTATION, 3, 2, b"\x06\0\x01\0")),
        directory(entry(EXIF_ORIENTATION, 5, 1, b"\x06\0\0\0")),
        directory(LYING_ENTRY)[:-10],
    ],
    ids=["text", "two of them", "a fraction", "cut"],
)
def test_a_damaged_orientation_is_refused(exif, encode):
    with pytest.raises(PhotoOrientationUnknown, match="save it again"):
        read_photo(encode(CORNERS, exif=exif))


def test_an_orientation_told_by_xmp_alone_turns_nothing_as_in_browsers(encode):
    words = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    for kind in ("JPEG", "PNG", "WEBP"):
        options = {"pnginfo": _text(words)} if kind == "PNG" else {"xmp": words}
        assert read_photo(encode(CORNERS, kind, **options)).width_px == 96


def _text(words):
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", words.decode())
    return info


def test_exif_without_an_orientation_is_upright(encode):
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    assert read_photo(encode(CORNERS, exif=exif.tobytes())).width_px == 96
