"""The golden vectors are what this code gives, and the Python port, which shares no line with it, gives them too."""

import importlib.util
import json
import sys

import numpy as np
import pytest
from PIL import Image

from mobile_models.bundle import RELEASED, Bundle
from mobile_models.detector import Detector
from mobile_models.export.golden import CHANGES, FLOAT32, PHOTOS, VISITS, write_golden
from mobile_models.export.reference_code import LANGUAGES, SOURCES

MOST_BYTES = 6_000_000
ROWS = 300


@pytest.fixture(scope="module")
def golden(golden_bundle):
    return golden_bundle / "golden"


@pytest.fixture(scope="module")
def index(golden):
    return json.loads((golden / "index.json").read_text())


@pytest.fixture(scope="module")
def port(golden_bundle):
    spec = importlib.util.spec_from_file_location("lesions_port", golden_bundle / "python" / "lesions.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def port_model(port, golden_bundle):
    return port.Model(json.loads((golden_bundle / "manifest.json").read_text()))


@pytest.fixture(scope="module")
def photo_of(port, index, golden):
    def photo(entry):
        pixels = Image.open(golden / entry["photo"]).convert("RGB")
        return port.Photo(pixels, entry["view"], entry["guided"], entry["name"])

    return {entry["name"]: photo(entry) for entry in index["photos"]}


def raw_outputs(path):
    numbers = np.frombuffer(path.read_bytes(), "<f4")
    boxes, classes, scores, count = np.split(numbers, [4 * ROWS, 5 * ROWS, 6 * ROWS])
    return boxes.reshape(1, ROWS, 4), classes[None], scores[None], count


@pytest.fixture(scope="module")
def port_says(port_model, photo_of, index, golden):
    """The port's assessment of each visit, from the golden raw outputs."""
    raw = {entry["name"]: golden / entry["raw"][index["assessed_from"]] for entry in index["photos"]}

    def assess(names):
        photos = [photo_of[name] for name in names]
        found = [port_model.candidates(photo_of[name], *raw_outputs(raw[name])) for name in names]
        return port_model.assess(photos, found)

    return {visit["name"]: assess(visit["photos"]) for visit in index["visits"]}


def test_golden_vectors_are_small_and_name_every_file(golden, index):
    files = {path.relative_to(golden).as_posix() for path in golden.rglob("*") if path.is_file()}
    named = {"README.md", "index.json"}
    named |= {e[k] for e in index["photos"] for k in ("photo", "square")}
    named |= {file for entry in index["photos"] for file in entry["raw"].values()}
    named |= {visit["assessment"] for visit in index["visits"]} | {entry["change"] for entry in index["changes"]}
    assert files == named
    assert sum((golden / file).stat().st_size for file in files) <= MOST_BYTES
    assert not [path for path in golden.parent.iterdir() if path.name.startswith(".")]


def test_golden_vectors_hold_every_case_that_a_port_can_get_wrong(golden):
    said = {name: json.loads((golden / "visits" / f"{name}.json").read_text()) for name in VISITS}
    assert {photo.view for photo in PHOTOS} == {"front", "left", "right"}
    assert {photo.guided for photo in PHOTOS} == {True, False}
    assert said["crowded"]["counts"]["total"]["value"] >= 40
    assert said["clear"]["counts"]["inflammatory"]["value"] == 0
    assert said["clear"]["photos"][0]["quality"]["warnings"] == []
    warned = {w["code"] for one in said.values() for photo in one["photos"] for w in photo["quality"]["warnings"]}
    assert warned >= {"dark", "small", "featureless", "little_skin"}
    assert "unavailable" in said["blank"]["grades"]["IGA"]
    bases = {one["grades"]["IGA"].get("basis") for one in said.values()}
    assert bases >= {"unguided photo", "guided face", "partial face: left_cheek"}
    changes = [json.loads((golden / "changes" / f"{a}-{b}.json").read_text()) for a, b in CHANGES]
    assert len({change["unavailable"] for change in changes}) == 3
    assert {m["exceeds_mdc"] for change in changes for m in change["measures"].values()} == {True, False}


def test_writing_them_again_gives_the_same_bytes(golden_bundle, golden):
    before = {path: path.read_bytes() for path in golden.rglob("*") if path.is_file()}
    write_golden(golden_bundle)
    assert {path: path.read_bytes() for path in golden.rglob("*") if path.is_file()} == before


def test_released_golden_vectors_are_what_this_code_gives(golden, index, differences):
    if "golden/index.json" not in Bundle.open(RELEASED).manifest["files"]:
        pytest.skip("the released bundle was exported before golden vectors were")
    released = RELEASED / "golden"
    assert json.loads((released / "index.json").read_text()) == index
    for entry in index["photos"]:
        assert (released / entry["photo"]).read_bytes() == (golden / entry["photo"]).read_bytes()
        assert (
            np.asarray(Image.open(released / entry["square"])) == np.asarray(Image.open(golden / entry["square"]))
        ).all()
    for file in [v["assessment"] for v in index["visits"]] + [c["change"] for c in index["changes"]]:
        assert not differences(*(json.loads((folder / file).read_text()) for folder in (golden, released)))
    for language, file in LANGUAGES.items():
        assert (RELEASED / language / file).read_bytes() == (SOURCES / language / file).read_bytes()


def test_raw_outputs_are_what_the_interpreter_gives(golden_bundle, golden, index):
    detector = Detector(Bundle.open(golden_bundle), num_threads=1)
    for entry in index["photos"]:
        levels = np.asarray(Image.open(golden / entry["square"]))
        found = detector.raw(levels[None].astype(np.float32) / np.float32(255))
        expected = raw_outputs(golden / entry["raw"][index["assessed_from"]])
        assert all((a == b).all() for a, b in zip(found, expected, strict=True))
        assert set(entry["raw"]) == {index["assessed_from"], FLOAT32}


def test_the_python_port_sees_the_same_square(port_model, photo_of, index, golden):
    for entry in index["photos"]:
        expected = np.asarray(Image.open(golden / entry["square"]))
        assert (np.asarray(port_model.square(photo_of[entry["name"]])) == expected).all(), entry["name"]
        assert (port_model.tensor(photo_of[entry["name"]])[0] == expected / np.float32(255)).all()


@pytest.mark.parametrize("visit", VISITS)
def test_the_python_port_assesses_as_the_golden_vectors_say(visit, port_says, golden, differences):
    expected = json.loads((golden / "visits" / f"{visit}.json").read_text())
    assert not differences(port_says[visit], expected)


@pytest.mark.parametrize(("baseline", "current"), CHANGES)
def test_the_python_port_gives_the_golden_change(baseline, current, port, port_model, port_says, golden, differences):
    expected = json.loads((golden / "changes" / f"{baseline}-{current}.json").read_text())
    found = port.change(port_says[baseline], port_says[current], port_model.manifest["mdc"])
    assert not differences(found, expected)


def test_the_golden_vectors_catch_a_port_that_splits_halves_wrongly(
    port, port_model, photo_of, index, golden, differences
):
    """A planted error, so that the tests above are known to be able to fail."""
    entry = next(entry for entry in index["photos"] if entry["name"] == "crowded")
    photo, raw = photo_of["crowded"], raw_outputs(golden / entry["raw"][index["assessed_from"]])
    mirrored = port.Photo(photo.pixels, "left", photo.guided, photo.name)
    expected = json.loads((golden / "visits" / "crowded.json").read_text())
    assert differences(port_model.assess([mirrored], [port_model.candidates(mirrored, *raw)]), expected)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda raw: raw[2].fill(np.nan), "not finite"),
        (lambda raw: raw[1].fill(7), "out of range"),
        (lambda raw: raw[2].fill(1.5), "out of range"),
    ],
)
def test_the_python_port_refuses_what_is_no_detection(spoil, complaint, port_model, photo_of, index, golden):
    entry = next(entry for entry in index["photos"] if entry["name"] == "crowded")
    raw = [part.copy() for part in raw_outputs(golden / entry["raw"][FLOAT32])]
    spoil(raw)
    with pytest.raises(ValueError, match=complaint):
        port_model.candidates(photo_of["crowded"], *raw)


def test_the_python_port_refuses_photos_that_do_not_make_one_visit(port, port_model, photo_of):
    for photos in ([], [photo_of["front"]] * 2, [photo_of["wide"], photo_of["left"]]):
        with pytest.raises(ValueError, match="a visit"):
            port_model.assess(photos, [[] for _ in photos])
