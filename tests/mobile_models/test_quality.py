"""The gate accepts skin of every tone, refuses what is no skin, and says what to do."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from mobile_models.export.golden import INPUTS
from mobile_models.image import Photo, read_photo

pytestmark = pytest.mark.slow

TONES = [f"monk-{n:02}" for n in range(1, 11)]


def text_page():
    page = Image.new("RGB", (600, 800), (252, 250, 243))
    pen = ImageDraw.Draw(page)
    for y in range(20, 780, 18):
        pen.text((20, y), "Take one tablet a day with water after a meal and call us if it " * 2, (25, 22, 20))
    return page


def noise(patch):
    colours = np.random.default_rng(3).integers(0, 256, (640 // patch, 640 // patch, 3), dtype=np.uint8)
    return Image.fromarray(colours.repeat(patch, axis=0).repeat(patch, axis=1))


def flat(colour):
    return Image.new("RGB", (600, 600), colour)


@pytest.mark.parametrize("light", [0.75, 1.0])
@pytest.mark.parametrize("tone", TONES)
def test_a_face_of_every_tone_passes(tone, light, paint_face, monk_tones, judged):
    face = paint_face(monk_tones[tone], size=(720, 960), light=light)
    for guided in (True, False):
        quality = judged(face, guided)
        assert not quality.warnings, quality
        assert quality.unavailable is None
        assert quality.skin_fraction > (0.9 if guided else 0.3)


@pytest.mark.parametrize("tone", TONES)
def test_a_patch_of_skin_of_every_tone_is_skin(tone, monk_tones, judged):
    grain = np.random.default_rng(1).normal(0, 3, (500, 500, 1))
    patch = Image.fromarray((np.array(monk_tones[tone]) + grain).clip(0, 255).astype(np.uint8))
    quality = judged(patch)
    assert quality.skin_fraction > 0.95
    assert quality.notes == ("no_whole_face",)


@pytest.mark.parametrize(
    "picture",
    [
        flat((128, 128, 128)),
        flat((255, 255, 255)),
        flat((0, 0, 0)),
        flat((20, 20, 20)),
        flat((60, 140, 60)),
        flat((60, 90, 200)),
        flat((30, 30, 90)),
        flat((240, 220, 30)),
        flat((200, 20, 20)),
        text_page(),
        noise(1),
        noise(4),
        noise(16),
        noise(40),
        Image.linear_gradient("L").resize((600, 600)),
    ],
    ids=[
        *["grey", "white", "black", "near-black", "green", "blue", "navy", "yellow", "red"],
        *["text", "noise", "noise-4", "noise-16", "noise-40", "gradient"],
    ],
)
def test_nothing_is_said_of_what_is_no_skin(picture, judged):
    for guided in (True, False):
        assert judged(picture, guided).unavailable == "little_skin"


def test_nothing_is_said_of_a_skin_coloured_blank(judged):
    assert judged(Image.new("RGB", (640, 640), (90, 60, 40))).unavailable == "featureless"


def test_nothing_is_said_of_a_guided_photo_without_a_face(monk_tones, judged):
    grain = np.random.default_rng(1).normal(0, 6, (800, 600, 1))
    wall = Image.fromarray((np.array(monk_tones["monk-05"]) + grain).clip(0, 255).astype(np.uint8))
    assert judged(wall, guided=True).unavailable == "no_face"
    assert judged(wall).unavailable != "no_face"


def test_nothing_is_said_of_two_faces(paint_face, judged):
    both = Image.new("RGB", (960, 640), (128, 128, 128))
    both.paste(paint_face(), (0, 0))
    both.paste(paint_face(tone=(160, 126, 86), seed=1), (480, 0))
    for guided in (True, False):
        assert judged(both, guided).unavailable == "several_faces"


def test_a_face_far_from_the_guide_is_little_skin(paint_face, judged):
    scene = Image.new("RGB", (900, 1200), (90, 100, 110))
    scene.paste(paint_face(size=(240, 320)), (330, 440))
    assert judged(scene, guided=True).unavailable == "little_skin"


@pytest.mark.parametrize(
    ("scale", "shift", "code"), [(0.8, 0, "too_far"), (1.5, 0, "too_near"), (1.0, 0.2, "off_centre")]
)
def test_size_and_place_of_the_face_are_held_against_the_oval(scale, shift, code, paint_face, judged):
    face = paint_face(size=(720, 960))
    small = face.resize((round(720 * scale), round(960 * scale)))
    scene = Image.new("RGB", (720, 960), (128, 128, 128))
    scene.paste(small, ((720 - small.width) // 2 + round(720 * shift), (960 - small.height) // 2))
    assert code not in judged(face, guided=True).warnings
    assert code in judged(scene, guided=True).warnings


def test_a_face_of_another_side_than_named_is_a_wrong_view(paint_face, judged):
    for view in ("left", "right"):
        assert "wrong_view" in judged(paint_face(size=(720, 960)), guided=True, view=view).warnings


def test_a_mirrored_side_view_is_not_silently_the_other_cheek(judged):
    photo = read_photo(INPUTS / "mirrored.png")
    assert "wrong_view" in judged(photo, guided=True, view="left").warnings
    assert "wrong_view" not in judged(photo, guided=True, view="right").warnings
    assert "wrong_view" not in judged(read_photo(INPUTS / "left.png"), guided=True, view="left").warnings


def test_left_and_right_of_a_front_view_alone_are_noted_as_unchecked(paint_face, judged):
    assert "sides_unchecked" in judged(paint_face(size=(720, 960)), guided=True).notes


@pytest.mark.parametrize("name", ["front", "crowded", "clear"])
def test_blur_noise_and_the_dark_are_not_judged(name, judged):
    photo = read_photo(INPUTS / f"{name}.png")
    pixels = np.asarray(photo.pixels).astype(float)
    rng = np.random.default_rng(5)
    grainy = Image.fromarray((pixels + rng.normal(0, 40, pixels.shape)).clip(0, 255).astype(np.uint8))
    dim = (pixels * 0.12 + rng.normal(0, 2, pixels.shape)).clip(0, 255).astype(np.uint8)
    blurred = photo.pixels.filter(ImageFilter.GaussianBlur(6))
    by_fault = {
        why: judged(Photo(spoilt, *spoilt.size), guided=True)
        for why, spoilt in (("noisy", grainy), ("dark", Image.fromarray(dim)), ("blurred", blurred))
    }
    alike = {"shaken": "blurred"}  # A blur has no direction that a shake of the same width could not have.
    assert {why: alike.get(q.unavailable, q.unavailable) for why, q in by_fault.items()} == {
        why: why for why in by_fault
    }
    assert judged(photo, guided=True).kept > max(quality.kept for quality in by_fault.values()) + 0.2


def test_a_burnt_out_photo_is_warned_of(paint_face, judged):
    assert "overexposed" in judged(paint_face(light=2.5), guided=True).warnings


def test_a_small_photo_is_warned_of(paint_face, judged):
    assert "small" in judged(paint_face(size=(200, 260))).warnings


def test_every_warning_tells_what_to_do(judged, bundle):
    quality = judged(flat((128, 128, 128)), guided=True).to_json()
    assert quality["ok"] is False
    assert quality["unavailable"]["code"] == quality["warnings"][0]["code"] == "little_skin"
    messages = {code: text for code, text in bundle.gate.table["messages"].items() if code != "sides_unchecked"}
    assert all(len(message.split(". ")) >= 2 or ":" in message for message in messages.values())


@pytest.mark.parametrize(
    ("source", "every", "at_least"),
    [
        ("acne04/images/valid", 12, 0.95),
        ("acnescu/images", 10, 1.0),
        ("faces", 8, 1.0),
        ("web_mixed/images", 16, 0.9),
        ("phone_series/images", 30, 0.95),
    ],
)
def test_real_photographs_of_skin_are_judged(source, every, at_least, real_photos, judged):
    passed = [judged(read_photo(path)).unavailable is None for path in real_photos(source, every)]
    assert np.mean(passed) >= at_least
