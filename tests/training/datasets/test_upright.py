"""Boxes refer to the photo as it is seen upright."""

import numpy as np
import pytest

from mobile_models.image import read_photo
from training.datasets.annotation import LabelError
from training.datasets.collection import read_collection


@pytest.mark.parametrize("exif", [1, 3, 6, 8])
def test_boxes_refer_to_the_photo_as_it_is_seen_upright(exif, tmp_path, draw):
    photo = draw(tmp_path / "clinic" / "face.jpg", boxes=[(100, 10, 140, 40)], exif=exif)
    (tmp_path / "clinic" / "boxes.csv").write_text("image,class,x,y,w,h\nface.jpg,papule,100,10,40,30\n")
    box = read_collection(tmp_path / "clinic")[0].boxes[0]
    pixels = np.asarray(read_photo(photo).pixels).astype(int)
    assert pixels.shape == (120, 160, 3)
    red = (pixels[..., 0] - pixels[..., 1]) > 120
    x0, y0, x1, y1 = np.round(box * [160, 120, 160, 120]).astype(int)
    assert red[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2].all()
    assert red.sum() < 1.1 * (x1 - x0) * (y1 - y0)


def test_labels_drawn_on_a_photo_lying_on_its_side_are_refused(tmp_path, draw):
    draw(tmp_path / "clinic" / "face.jpg", exif=6)
    (tmp_path / "clinic" / "boxes.csv").write_text(
        "image,width,height,class,xmin,ymin,xmax,ymax\nface.jpg,120,160,papule,10,10,40,40\n"
    )
    with pytest.raises(LabelError, match=r"labelled at 120 × 160 px, but face\.jpg is 160 × 120 px upright"):
        read_collection(tmp_path / "clinic")


def test_labels_drawn_on_a_resized_copy_are_taken_in_its_pixels(tmp_path, draw):
    draw(tmp_path / "clinic" / "face.png")
    (tmp_path / "clinic" / "boxes.csv").write_text(
        "image,width,height,class,xmin,ymin,xmax,ymax\nface.png,1600,1200,papule,160,120,320,240\n"
    )
    np.testing.assert_allclose(read_collection(tmp_path / "clinic")[0].boxes, [[0.1, 0.1, 0.2, 0.2]], atol=1e-6)
