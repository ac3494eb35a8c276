"""Of a photo's metadata only the orientation stays; its coded image stays byte for byte."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from mobile_models.image import read_photo
from server.photos.inspection import PhotoRefused, inspect_photo

SECRET = b"48.8583 north, serial 12345"
KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def picture(mode="RGB"):
    return Image.effect_noise((96, 128), 60).convert(mode)


def exif(orientation=None):
    """EXIF with a place, a maker's note and a thumbnail's worth of other things in it."""
    block = Image.Exif()
    if orientation is not None:
        block[0x0112] = orientation
    block[0x010F] = SECRET.decode()
    block[0x927C] = SECRET
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.9), 29: SECRET.decode()})
    return block


def coded(kind, orientation=None, **options):
    buffer = io.BytesIO()
    picture().save(buffer, kind, exif=exif(orientation), **options)
    return buffer.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", [None, 1, 2, 3, 4, 5, 6, 7, 8])
def test_place_and_maker_are_gone_and_the_orientation_stays(kind, orientation):
    data = coded(kind, orientation)
    stripped = inspect_photo(data, KINDS[kind])
    assert SECRET in data
    assert SECRET not in stripped.data
    assert dict(opened(stripped.data).getexif()) == ({0x0112: orientation} if orientation not in (None, 1) else {})
    assert np.array_equal(np.asarray(read_photo(stripped.data).pixels), np.asarray(read_photo(data).pixels))
    assert (stripped.width_px, stripped.height_px) == ((128, 96) if orientation in (5, 6, 7, 8) else (96, 128))


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}, {"restart_marker_rows": 1}])
def test_a_jpegs_scans_stay_byte_for_byte(options):
    data = coded("JPEG", 6, quality=90, **options)
    stripped = inspect_photo(data, "image/jpeg").data
    tables = data.index(b"\xff\xdb")
    assert stripped.endswith(data[tables:])


def test_a_pngs_image_data_stays_byte_for_byte():
    data = coded("PNG", 6)
    stripped = inspect_photo(data, "image/png").data
    start = data.index(b"IDAT") - 4
    end = data.rindex(b"IDAT") + 4
    assert data[start:end] in stripped


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webps_image_data_stays_byte_for_byte(lossless):
    data = coded("WEBP", 6, lossless=lossless)
    start = data.index(b"VP8L" if lossless else b"VP8 ")
    (length,) = struct.unpack_from("<I", data, start + 4)
    assert data[start : start + 8 + length] in inspect_photo(data, "image/webp").data


def test_comments_xmp_thumbnails_and_trailers_of_a_jpeg_are_gone():
    buffer = io.BytesIO()
    picture().save(buffer, "JPEG", comment=SECRET, xmp=b"<x>" + SECRET + b"</x>")
    thumbnail = b"JFIF\0\1\1\0\0\1\0\1\3\3" + SECRET
    data = buffer.getvalue()
    jfif = data.index(b"JFIF\0") - 4
    data = data[:jfif] + b"\xff\xe0" + struct.pack(">H", len(thumbnail) + 2) + thumbnail + data[jfif + 18 :] + SECRET
    stripped = inspect_photo(data, "image/jpeg").data
    assert data.count(SECRET) == 4
    assert SECRET not in stripped
    assert opened(stripped).info["jfif_version"] == (1, 1)


def test_a_phones_second_picture_in_the_same_file_is_gone():
    buffer = io.BytesIO()
    picture().save(buffer, "MPO", save_all=True, append_images=[picture()])
    data = buffer.getvalue()
    stripped = opened(inspect_photo(data, "image/jpeg").data)
    assert (opened(data).n_frames, stripped.format, getattr(stripped, "n_frames", 1)) == (2, "JPEG", 1)


def test_text_and_time_in_a_png_are_gone():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_itxt("Place", SECRET.decode())
    texts.add(b"tIME", struct.pack(">HBBBBB", 2026, 3, 1, 8, 30, 0))
    buffer = io.BytesIO()
    picture().save(buffer, "PNG", pnginfo=texts)
    stripped = inspect_photo(buffer.getvalue() + SECRET, "image/png").data
    assert SECRET not in stripped
    assert b"tIME" not in stripped


def test_xmp_in_a_webp_is_gone():
    data = coded("WEBP", xmp=b"<x>" + SECRET + b"</x>")
    stripped = opened(inspect_photo(data + SECRET, "image/webp").data)
    assert not {"xmp", "exif"} & stripped.info.keys()


def test_an_orientation_that_only_xmp_gives_turns_nothing_as_in_browsers():
    buffer = io.BytesIO()
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6"/></x:xmpmeta>'
    picture().save(buffer, "JPEG", xmp=xmp)
    assert dict(opened(inspect_photo(buffer.getvalue(), "image/jpeg").data).getexif()) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_the_colour_profile_stays_because_pixels_mean_nothing_without_it(kind):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stripped = inspect_photo(coded(kind, icc_profile=profile), KINDS[kind]).data
    assert opened(stripped).info["icc_profile"] == profile


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("L", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("RGBA", "WEBP")]
)
def test_other_colour_modes_decode_as_before(mode, kind):
    buffer = io.BytesIO()
    picture("RGB").convert(mode).save(buffer, kind)
    stripped = inspect_photo(buffer.getvalue(), KINDS[kind]).data
    assert np.array_equal(np.asarray(opened(stripped)), np.asarray(opened(buffer.getvalue())))


def test_a_photo_stripped_once_is_not_changed_by_stripping_again():
    for kind, media_type in KINDS.items():
        once = inspect_photo(coded(kind, 6), media_type).data
        assert inspect_photo(once, media_type).data == once


@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_gets_past_as_anything_but_a_refusal(kind):
    data = coded(kind, 6)
    rng = np.random.default_rng(7)
    for _ in range(150):
        damaged = bytearray(data)
        for place in rng.integers(4, len(data), 4):
            damaged[place] = rng.integers(256)
        try:
            stripped = inspect_photo(bytes(damaged), KINDS[kind])
        except PhotoRefused:
            continue
        assert opened(stripped.data).size
