"""Photos are shown no larger than they are looked at, and what was made for it goes with the photo."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from server.photos.tidying import GRACE, tidy


@pytest.fixture
def large() -> bytes:
    """A lying JPEG of 2400 × 1800 pixels that EXIF turns upright, with a white spot at the upper left."""
    picture, exif, buffer = Image.linear_gradient("L").resize((2400, 1800)).convert("RGB"), Image.Exif(), io.BytesIO()
    ImageDraw.Draw(picture).ellipse((0, 1500, 300, 1800), fill="white")
    exif[0x0112] = 6
    picture.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


@pytest.fixture
def photographed(patient: Any, visit_row: Any, photo_row: Any, large: bytes) -> Any:
    row = photo_row(large, width_px=1800, height_px=2400)
    assert patient.push(visits=[visit_row()], photos=[row]) == []
    assert patient.put(f"{patient.timeline}/photos/photo-0001", data=large, content_type="image/jpeg").status_code < 300
    return patient


def objects(config: Any) -> list[Path]:
    return sorted(path for path in config.photo_dir.rglob("*") if path.is_file())


def picture(answer: Any) -> Image.Image:
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    return Image.open(io.BytesIO(answer.data))


def path(patient: Any, width: str = "") -> str:
    return f"/timelines/{patient.timeline_id}/photos/photo-0001{width and '?width='}{width}"


@pytest.mark.parametrize(("width", "size"), [("320", (320, 427)), ("960", (960, 1280))])
def test_a_photo_is_made_as_wide_as_asked_upright_and_small(
    photographed: Any, browse: Any, large: bytes, width: str, size: tuple[int, int]
) -> None:
    answer = browse(photographed).get(path(photographed, width))
    shown = picture(answer)
    assert shown.size == size
    assert len(answer.data) < len(large) / 3
    assert sum(shown.getpixel((int(size[0] * 0.06), int(size[1] * 0.04)))[:3]) > 700
    assert not shown.getexif()


def test_it_is_made_once_and_lies_sealed(photographed: Any, browse: Any, config: Any) -> None:
    browser = browse(photographed)
    first = browser.get(path(photographed, "320"))
    made = objects(config)
    assert len(made) == 2
    assert all(b"JFIF" not in each.read_bytes() for each in made)
    again = browser.get(path(photographed, "320"), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, objects(config)) == (304, made)


def test_a_photo_that_is_narrower_is_shown_as_stored(photographed: Any, browse: Any, config: Any) -> None:
    browser = browse(photographed)
    assert browser.get(path(photographed, "1920")).data == browser.get(path(photographed)).data
    assert len(objects(config)) == 1


@pytest.mark.parametrize("width", ["0", "321", "100000", "-320", "wide", "320px"])
def test_another_width_is_not_made(photographed: Any, browse: Any, config: Any, width: str) -> None:
    assert browse(photographed).get(path(photographed, width)).status_code == 404
    assert len(objects(config)) == 1


def test_it_goes_with_its_photo(photographed: Any, browse: Any, config: Any) -> None:
    browse(photographed).get(path(photographed, "320"))
    assert photographed.send({"photos": {"deleted": ["photo-0001"]}}) == []
    assert objects(config) == []


def test_tidying_leaves_it_with_its_photo_and_removes_it_without(
    app: Any, photographed: Any, browse: Any, config: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browse(photographed).get(path(photographed, "320"))
    clock.instant += 10 * 365 * GRACE
    with app.app_context():
        assert tidy(remove=True).objects == 0
    monkeypatch.setattr("server.photos.storing.remove_objects", lambda keys: list(keys))  # The store fails.
    assert photographed.on_another_device().send({"photos": {"deleted": ["photo-0001"]}}) == []
    assert len(objects(config)) == 2
    with app.app_context():
        assert tidy(remove=True).objects == 2
    assert objects(config) == []


def test_it_is_made_anew_where_it_was_lost(photographed: Any, browse: Any, config: Any) -> None:
    browser = browse(photographed)
    first = browser.get(path(photographed, "320")).data
    next(each for each in objects(config) if each.suffix == ".320").unlink()
    assert browser.get(path(photographed, "320")).data == first
