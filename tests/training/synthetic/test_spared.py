import numpy as np
import pytest

from mobile_models.lesions import TYPES
from training.synthetic.acne import scatter
from training.synthetic.lesions import HARMLESS
from training.synthetic.render import Shot, photograph
from training.synthetic.spared import CONDITIONS, TONES_ITA, dressed, spared_person, spared_photo

pytestmark = pytest.mark.slow

QUIET = Shot(noise=0.0)


def _spots(name):
    return [kind for kind, (_, most) in CONDITIONS[name].spots.items() for _ in range(most)]


def _darkened(photo, plain):
    return (plain.pixels.astype(int).sum(2) - photo.pixels.astype(int).sum(2)).clip(0)


@pytest.mark.parametrize("name", [name for name in CONDITIONS if name != "clear"])
def test_a_condition_is_seen_and_is_no_lesion(guided_scenes, name):
    scenes, sites = guided_scenes
    plain = photograph(dressed(scenes["front"], ["clear"], 40.0, np.random.default_rng(1)), [], QUIET)
    scene = dressed(scenes["front"], [name], 40.0, np.random.default_rng(1))
    photo = photograph(scene, scatter(sites, _spots(name), np.random.default_rng(2)), QUIET)
    changed = np.abs(photo.pixels.astype(int) - plain.pixels).max(2) > 12
    assert changed.sum() > 100
    assert photo.lesions == ()


def test_stubble_darkens_the_lower_half_of_the_face_alone(guided_scenes):
    scene = guided_scenes[0]["front"]
    plain = photograph(dressed(scene, ["clear"], 40.0, np.random.default_rng(1)), [], QUIET)
    darker = _darkened(photograph(dressed(scene, ["stubble"], 40.0, np.random.default_rng(1)), [], QUIET), plain)
    assert darker[200:].sum() > 50 * darker[:200].sum()


def test_acne_beside_harmless_spots_keeps_its_labels(guided_scenes):
    scenes, sites = guided_scenes
    acne = scatter(sites, ["papule"] * 6, np.random.default_rng(3))
    marks = scatter(sites, ["mark", "naevus", "freckle"] * 8, np.random.default_rng(4), taken=acne)
    alone, among = (photograph(scenes["front"], some, QUIET) for some in (acne, [*acne, *marks]))
    assert len(alone.lesions) >= 4
    assert among.lesions == alone.lesions


def test_half_of_the_photos_have_no_lesion_and_every_tone_is_drawn(guided_scenes):
    scenes, sites = guided_scenes
    drawn = [spared_photo(scenes["left"], sites, number, np.random.default_rng(number)) for number in range(20)]
    clear = sum(not photo.lesions for _, photo in drawn)
    assert 5 <= clear <= 15
    assert {scene.who.ita for scene, _ in drawn} == set(TONES_ITA)
    assert len(TONES_ITA) == 10
    assert {spot.lesion.kind for _, photo in drawn for spot in photo.lesions} <= set(TYPES)
    assert not set(TYPES) & set(HARMLESS)


def test_only_the_wanted_photos_of_a_person_are_rendered():
    assert list(spared_person(1, set())) == []
