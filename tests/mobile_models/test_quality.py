"""The gate accepts skin of every tone, refuses what is no skin, and says what to do."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from mobile_models.image import Photo, read_photo
from mobile_models.quality import MESSAGES, judge

TONES = [f"monk-{n:02}" for n in range(1, 11)]


def photo(image):
    return Photo(image.convert("RGB"), *image.size)


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
def test_a_face_of_every_tone_passes(tone, light, paint_face, monk_tones, zone_table):
    face = photo(paint_face(monk_tones[tone], size=(720, 960), light=light))
    for oval in (zone_table, None):
        quality = judge(face, oval)
        assert not quality.warnings, quality
        assert quality.skin_fraction > (0.9 if oval else 0.3)


@pytest.mark.parametrize("tone", TONES)
def test_a_patch_of_skin_of_every_tone_is_skin(tone, monk_tones):
    grain = np.random.default_rng(1).normal(0, 3, (500, 500, 1))
    patch = Image.fromarray((np.array(monk_tones[tone]) + grain).clip(0, 255).astype(np.uint8))
    assert judge(photo(patch), None).skin_fraction > 0.95


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
def test_what_is_no_skin_is_little_skin(picture, zone_table):
    for oval in (zone_table, None):
        assert judge(photo(picture), oval).ungradable == "little skin is seen"


def test_a_skin_coloured_blank_shows_no_detail_and_gets_no_grade():
    assert judge(photo(Image.new("RGB", (640, 640), (90, 60, 40))), None).ungradable == "no detail is seen"


def test_a_face_far_from_the_guide_is_little_skin(paint_face, zone_table):
    scene = Image.new("RGB", (900, 1200), (90, 100, 110))
    scene.paste(paint_face(size=(240, 320)), (330, 440))
    assert judge(photo(scene), zone_table).ungradable == "little skin is seen"


@pytest.mark.parametrize("tone", ["monk-01", "monk-05", "monk-10"])
def test_blur_is_seen_in_every_tone(tone, paint_face, monk_tones, zone_table):
    face = paint_face(monk_tones[tone], size=(960, 1280))
    assert "blurred" not in judge(photo(face), zone_table).warnings
    assert "blurred" in judge(photo(face.filter(ImageFilter.GaussianBlur(12))), zone_table).warnings


def test_dark_and_burnt_out_photos_are_told_apart(paint_face, zone_table):
    assert "dark" in judge(photo(paint_face(light=0.06)), zone_table).warnings
    assert "overexposed" in judge(photo(paint_face(light=2.5)), zone_table).warnings


def test_a_small_photo_is_warned_of(paint_face):
    assert "small" in judge(photo(paint_face(size=(200, 260))), None).warnings


def test_every_warning_tells_what_to_do(paint_face, zone_table):
    said = judge(photo(flat((128, 128, 128))), zone_table).to_json()
    assert said["ok"] is False
    assert [w["code"] for w in said["warnings"]] == ["little_skin", "featureless"]
    assert all(len(message.split(". ")) >= 2 for message in MESSAGES.values())


@pytest.mark.parametrize(
    ("source", "every", "at_least"),
    [
        ("acne04/images/valid", 6, 0.97),
        ("acnescu/images", 5, 1.0),
        ("faces", 4, 1.0),
        ("web_mixed/images", 8, 0.93),
        ("phone_series/images", 20, 0.97),
    ],
)
def test_real_photographs_of_skin_pass(source, every, at_least, real_photos):
    passed = [judge(read_photo(path), None).ungradable is None for path in real_photos(source, every)]
    assert np.mean(passed) >= at_least
