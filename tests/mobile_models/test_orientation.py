"""Photos stand upright, or are refused when their EXIF does not say how."""

import numpy as np
import pytest
from PIL import Image

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
def test_an_orientation_that_does_not_exist_is_refused(orientation, encode):
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    with pytest.raises(PhotoOrientationUnknown, match="which way is up"):
        read_photo(encode(CORNERS, exif=exif.tobytes()))


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\x00\x00 not a directory at all",
        b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x05\x00\x12\x01",
        b"Exif\x00\x00II*\x00\xff\xff\x00\x00",
    ],
    ids=["no directory", "cut directory", "directory past the end"],
)
def test_damaged_exif_is_refused(exif, encode):
    with pytest.raises(PhotoOrientationUnknown, match="save it again"):
        read_photo(encode(CORNERS, exif=exif))


def test_exif_without_an_orientation_is_upright(encode):
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    assert read_photo(encode(CORNERS, exif=exif.tobytes())).width_px == 96
