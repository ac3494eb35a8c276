"""One look gives one picture, whatever colours its file is written in."""

import numpy as np
import pytest
from PIL import Image

from mobile_models.image import PAD_VALUE, read_photo
from tests.icc import DISPLAY_P3, WIDE, encoded, inks_profile, rgb_profile


@pytest.mark.parametrize(("primaries", "gamma"), [(DISPLAY_P3, 2.2), (WIDE, 1.8)], ids=["Display P3", "ProPhoto"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_the_same_look_in_wider_colours_gives_the_same_pixels(primaries, gamma, kind, encode, paint_face):
    look = np.asarray(paint_face())
    there = Image.fromarray(encoded(look, primaries, gamma))
    lossless = {"lossless": True} if kind == "WEBP" else {"quality": 98, "subsampling": 0} if kind == "JPEG" else {}
    seen = np.asarray(read_photo(encode(there, kind, icc_profile=rgb_profile(primaries, gamma), **lossless)).pixels)
    off = np.abs(seen.astype(int) - look)
    assert np.abs(np.asarray(there).astype(int) - look).max() > 8, "the file itself holds other numbers"
    assert off.mean() < (1.0 if kind != "JPEG" else 2.5)


def test_inks_are_read_through_their_profile(encode):
    sheet = Image.new("CMYK", (100, 100), (0, 0, 0, 128))
    lit = np.asarray(read_photo(encode(sheet, quality=100, icc_profile=inks_profile(90))).pixels)[50, 50]
    dim = np.asarray(read_photo(encode(sheet, quality=100, icc_profile=inks_profile(40))).pixels)[50, 50]
    assert np.ptp(lit) <= 6
    assert lit.mean() > dim.mean() + 40


def test_what_is_transparent_stays_the_grey_of_padding_with_a_profile(encode):
    clear = Image.new("RGBA", (100, 100), (220, 170, 140, 0))
    photo = read_photo(encode(clear, "PNG", icc_profile=rgb_profile(DISPLAY_P3, 2.2)))
    assert photo.pixels.getpixel((50, 50)) == (PAD_VALUE,) * 3


@pytest.mark.parametrize(
    "profile",
    [b"no profile at all", rgb_profile(DISPLAY_P3, 2.2)[:200], inks_profile(90), b"\0" * 600],
    ids=["words", "cut", "of inks", "zeros"],
)
def test_a_profile_that_does_not_fit_is_passed_over_as_browsers_do(profile, encode, paint_face):
    face = paint_face()
    assert np.array_equal(np.asarray(read_photo(encode(face, "PNG", icc_profile=profile)).pixels), np.asarray(face))
