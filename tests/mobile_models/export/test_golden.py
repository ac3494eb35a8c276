"""The golden vectors are what this code gives, and the Python port, which shares no line with it, gives them too."""

import json
import sys
import types

import numpy as np
import pytest
from PIL import Image

from mobile_models.assess import assess
from mobile_models.assessment import Capture
from mobile_models.bundle import RELEASED, Bundle
from mobile_models.detector import Detector
from mobile_models.export.golden import FLOAT32, PHOTOS, VISITS, write_golden
from mobile_models.export.golden_series import SERIES
from mobile_models.export.reference_code import LANGUAGES, SOURCES
from mobile_models.image import read_photo, square_crop
from tests.assessments import flaws_of

MOST_BYTES = 8_000_000
ROWS = 300


def face_outputs(path):
    numbers = np.fromfile(path, dtype="<f4")
    return numbers[: 896 * 16], numbers[896 * 16 :]


@pytest.fixture(scope="module")
def golden(golden_bundle):
    return golden_bundle / "golden"


@pytest.fixture(scope="module")
def index(golden):
    return json.loads((golden / "index.json").read_text())


class Port:
    """lesions.py, perhaps with an error planted, and what it says of the golden photos from their raw outputs."""

    def __init__(self, source, bundle, name="lesions_port"):
        self.module = sys.modules[name] = types.ModuleType(name)
        exec(compile(source, "lesions.py", "exec"), self.module.__dict__)
        self.golden = bundle / "golden"
        index = json.loads((self.golden / "index.json").read_text())
        self.model = self.module.Model(json.loads((bundle / "manifest.json").read_text()))
        self.photos = {entry["name"]: self._photo(entry) for entry in index["photos"]}
        self.raw = {e["name"]: raw_outputs(self.golden / e["raw"][index["assessed_from"]]) for e in index["photos"]}
        self.faces = {
            e["name"]: self.model.faces(self.photos[e["name"]], *face_outputs(self.golden / e["face"]))
            for e in index["photos"]
        }

    def _photo(self, entry):
        pixels = Image.open(self.golden / entry["photo"]).convert("RGB")
        return self.module.Photo(pixels, entry["view"], entry["guided"], entry["name"])

    def assess(self, visit):
        photos = [self.photos[name] for name in VISITS[visit]]
        candidates = [self.model.candidates(photo, *self.raw[photo.name]) for photo in photos]
        return self.model.assess(photos, candidates, [self.faces[photo.name] for photo in photos])

    def series(self, name):
        return said_by_port(self.module, self.model, SERIES[name])


def said_by_port(module, model, series):
    table = {**model.table, "sem": series.get("sem", model.table["sem"])}
    compared = module.compare(model, series["assessed"]) if "assessed" in series else None
    taken = compared or series
    states = module.follow(
        table,
        taken["visits"],
        series.get("changes", []),
        taken.get("breaks", []),
        find=series.get("found", False),
    )
    return {"series": series, **({"compared": compared} if compared else {}), "states": states}


@pytest.fixture(scope="module")
def source(golden_bundle):
    return (golden_bundle / "python" / "lesions.py").read_text()


@pytest.fixture(scope="module")
def port(source, golden_bundle):
    return Port(source, golden_bundle)


def same_square(port, photo):
    expected = np.asarray(Image.open(port.golden / "squares" / f"{photo}.png"))
    return (np.asarray(port.model.square(port.photos[photo])) == expected).all()


def golden_json(golden, file):
    return json.loads((golden / file).read_text())


def raw_outputs(path):
    numbers = np.frombuffer(path.read_bytes(), "<f4")
    boxes, classes, scores, count = np.split(numbers, [4 * ROWS, 5 * ROWS, 6 * ROWS])
    return boxes.reshape(1, ROWS, 4), classes[None], scores[None], count


def test_golden_vectors_are_small_and_name_every_file(golden, index):
    files = {path.relative_to(golden).as_posix() for path in golden.rglob("*") if path.is_file()}
    named = {"README.md", "index.json"}
    named |= {e[k] for e in index["photos"] for k in ("photo", "square")}
    named |= {file for entry in index["photos"] for file in (*entry["raw"].values(), entry["face"])}
    named |= {visit["assessment"] for visit in index["visits"]} | {entry["states"] for entry in index["series"]}
    assert files == named
    assert sum((golden / file).stat().st_size for file in files) <= MOST_BYTES
    assert not [path for path in golden.parent.iterdir() if path.name.startswith(".")]


def test_golden_vectors_hold_every_case_that_a_port_can_get_wrong(golden):
    visits = {name: golden_json(golden, f"visits/{name}.json") for name in VISITS}
    assert {photo.view for photo in PHOTOS} == {"front", "left", "right"}
    assert {photo.guided for photo in PHOTOS} == {True, False}
    assert visits["crowded"]["counts"]["total"]["value"] >= 40
    assert visits["clear"]["counts"]["inflammatory"]["value"] == 0
    assert visits["clear"]["photos"][0]["quality"]["warnings"] == []
    warned = {w["code"] for visit in visits.values() for photo in visit["photos"] for w in photo["quality"]["warnings"]}
    assert warned >= {"shaken", "small", "little_skin", "several_faces", "no_face", "wrong_view"}
    assert {name for name, visit in visits.items() if visit["unavailable"]} >= {"blank", "blurred", "two", "nobody"}
    assert all("unavailable" in grade for grade in visits["blurred"]["grades"].values())
    assert visits["mirrored"]["photos"][0]["quality"]["face"]["turn"] > 0.4
    assert "unavailable" in visits["blank"]["grades"]["IGA"]
    bases = {visit["grades"]["IGA"].get("basis") for visit in visits.values()}
    assert bases >= {"unguided photo", "guided face", "partial face: left_cheek"}
    assert visits["frames"]["frames"] == 1
    assert visits["frames"]["zones_expected"].keys() == visits["frames"]["zones"].keys()


def test_golden_series_hold_every_case_that_a_port_can_get_wrong(golden):
    answers = {name: golden_json(golden, f"series/{name}.json") for name in SERIES}
    last = {name: answer["states"][-1] for name, answer in answers.items()}
    assert {len(answer["states"]) for answer in answers.values()} >= {1, 10, 9}
    assert last["relapse"]["recent"]["z"] < -2.83
    assert last["relapse-found"] != last["relapse"] != last["relapse-entered"]
    assert min(state["surprise"] for state in answers["one-bad-photo"]["states"][2:]) < -2.5
    assert last["planned-course"] == last["no-course"] != last["on-treatment-at-joining"]
    assert last["one-visit"]["face"] == last["one-visit"]["trend"] == 0
    assert last["one-visit"]["recent"] is None
    assert (
        len(answers["one-cheek"]["compared"]["visits"]) == len(answers["unavailable-visit"]["compared"]["visits"]) == 9
    )
    assert len(answers["missing-zones"]["compared"]["zones"]) == 4
    assert answers["another-model"]["compared"]["breaks"] == [5]


def test_writing_them_again_gives_the_same_bytes(golden_bundle, golden):
    before = {path: path.read_bytes() for path in golden.rglob("*") if path.is_file()}
    write_golden(golden_bundle)
    assert {path: path.read_bytes() for path in golden.rglob("*") if path.is_file()} == before


class Replayed(Detector):
    """Answers with golden raw outputs in the place of the interpreter's, which differ between processors."""

    answers = ()

    def raw(self, tensor):
        return next(self.answers)


def test_released_golden_vectors_are_what_this_code_makes_of_the_released_outputs(golden, index, differences):
    bundle = Bundle.open(RELEASED)
    released, detector = RELEASED / "golden", Replayed(bundle, num_threads=1)
    assert golden_json(released, "index.json") == index
    for entry in index["photos"]:
        assert (released / entry["photo"]).read_bytes() == (golden / entry["photo"]).read_bytes()
        assert (released / entry["square"]).read_bytes() == (golden / entry["square"]).read_bytes()
    raw = {entry["name"]: raw_outputs(released / entry["raw"][index["assessed_from"]]) for entry in index["photos"]}
    by_name = {photo.name: photo for photo in PHOTOS}
    for visit, names in VISITS.items():
        detector.answers = iter([raw[name] for name in names])
        captures = [
            Capture(name, read_photo(released / "photos" / f"{name}.png"), by_name[name].view, by_name[name].guided)
            for name in names
        ]
        answer = assess(captures, detector).visit_json()
        assert not differences(answer, golden_json(released, f"visits/{visit}.json")), visit
    for language, file in LANGUAGES.items():
        assert (RELEASED / language / file).read_bytes() == (SOURCES / language / file).read_bytes()


def test_raw_outputs_are_what_the_interpreter_gives(golden_bundle, golden, index):
    for file in {index["assessed_from"], FLOAT32}:
        detector = Detector(Bundle.open(golden_bundle, model_file=file), num_threads=1)
        for entry in index["photos"]:
            photo = read_photo(golden / entry["photo"])
            oval = detector.bundle.zones if entry["guided"] else None
            square = square_crop(photo, oval, detector.bundle.pad_value)
            levels = square.levels(detector.bundle.input_size_px, detector.bundle.exposure)
            answer = detector.raw(levels[None].astype(np.float32) / np.float32(255))
            expected = raw_outputs(golden / entry["raw"][file])
            assert all((a == b).all() for a, b in zip(answer, expected, strict=True))


@pytest.mark.parametrize("photo", [photo.name for photo in PHOTOS])
def test_the_python_port_sees_the_same_square(photo, port):
    assert same_square(port, photo)
    levels = np.asarray(port.model.square(port.photos[photo]))
    bundle, mine = Bundle.open(RELEASED), port.photos[photo]
    whole = read_photo(port.golden / "photos" / f"{photo}.png")
    square = square_crop(whole, bundle.zones if mine.guided else None, bundle.pad_value)
    assert (levels == square.levels(bundle.input_size_px)).all()
    assert (port.model.tensor(mine) == square.tensor(bundle.input_size_px, bundle.exposure)).all()
    seen = square_crop(whole, None, bundle.pad_value).levels(128, bundle.exposure)
    assert (port.model.face_tensor(mine)[0] == seen.astype(np.float32) / np.float32(127.5) - np.float32(1)).all()


@pytest.mark.parametrize("visit", VISITS)
def test_the_python_port_assesses_as_the_golden_vectors_say(visit, port, differences):
    assessment = port.assess(visit)
    assert not differences(assessment, golden_json(port.golden, f"visits/{visit}.json"))
    assert flaws_of(assessment) == []


@pytest.mark.parametrize("series", SERIES)
def test_the_python_port_gives_the_golden_series(series, port, differences):
    assert not differences(port.series(series), golden_json(port.golden, f"series/{series}.json"))


@pytest.mark.parametrize(
    ("line", "planted"),
    [
        ("side = max(width, height)", "side = min(width, height)"),
        ("Image.Resampling.BILINEAR)", "Image.Resampling.BICUBIC)"),
        ("LEFT if u >= 0 else RIGHT", "RIGHT if u >= 0 else LEFT"),
        ("captured.get(name) == photo.view", "True"),
        ("math.log1p(alpha * (k - 1))", "math.log1p(alpha * k)"),
        ("math.floor(mean + 0.5)", "math.ceil(mean + 0.5)"),
        ("whole[p] - quotas[p]", "quotas[p] - whole[p]"),
        ("max(grade, min(most, alone))", "max(grade, alone)"),
        ("if nodules >= top", "if nodules > top"),
        ('(1 - rule["brighter_share"] / 2) * histogram', '(1 - rule["brighter_share"]) * histogram'),
        ("levels @ LUMINANCE * gain", "levels @ LUMINANCE"),
        ("min(max((figures[name] - centre) / spread, -3), 3)", "(figures[name] - centre) / spread"),
        ('(second["score"] if found else rules["score"])', "1.1"),
        ("weight * across * blocks", "weight * blocks"),
        ("at_most[1] - at_most[0]", "at_most[1]"),
        ("2 * max(oval", "2 * min(oval"),
        ("0.5 - 1e-12", "0.6"),
        ("p[2, 2] += total * (1 - kept**2)", "p[2, 2] += total * (1 - kept)"),
        ("max(self.week, self.start))", "self.week)"),
        ("risen(self.week - change) - risen(self.first - change)", "risen(self.week - change)"),
        ("if self.first <= week <= last]", "if self.first <= week]"),
        ("scatter *= max(1.0,", "scatter *= 1 + max(1.0,"),
        ("[week >= since for", "[week > since for"),
        ("for zone in wanted) * holding", "for zone in wanted)"),
        ("shares[p] = 1 / len(used)", "shares[p] = 1"),
        ("drawn.append(max(used", "drawn.append(min(used"),
        ("visit[0] >= restart - table", "visit[0] > restart - table"),
    ],
)
def test_the_golden_vectors_catch_an_error_planted_in_a_port(line, planted, source, golden_bundle, differences):
    assert source.count(line) == 1
    port = Port(source.replace(line, planted), golden_bundle, "planted_port")
    wrong = [photo.name for photo in PHOTOS if not same_square(port, photo.name)]
    wrong += [v for v in VISITS if differences(port.assess(v), golden_json(port.golden, f"visits/{v}.json"))]
    wrong += [s for s in SERIES if differences(port.series(s), golden_json(port.golden, f"series/{s}.json"))]
    assert wrong


@pytest.mark.parametrize("rows", [0, 1, 7, 60, 300])
@pytest.mark.parametrize("visit", ["wide", "left", "first"])
def test_the_python_port_agrees_on_whatever_a_model_may_answer(visit, rows, port, golden_bundle, differences):
    rng = np.random.default_rng([rows, len(visit)])
    raw = []
    for _ in VISITS[visit]:
        corner, size = rng.uniform(-0.05, 1, (ROWS, 2)), rng.uniform(0, 0.08, (ROWS, 2))
        scores = np.where(np.arange(ROWS) < rows, rng.uniform(0, 1, ROWS) ** 2, 0)
        outputs = (np.hstack((corner, corner + size)), rng.integers(0, 4, ROWS), scores, np.array([ROWS]))
        raw.append([output.astype(np.float32)[None] if output.size > 1 else output for output in outputs])
    detector = Replayed(Bundle.open(golden_bundle), num_threads=1)
    detector.answers = iter(raw)
    photos = [port.photos[name] for name in VISITS[visit]]
    captures = [
        Capture(photo.name, read_photo(port.golden / "photos" / f"{photo.name}.png"), photo.view, photo.guided)
        for photo in photos
    ]
    candidates = [port.model.candidates(photo, *answer) for photo, answer in zip(photos, raw, strict=True)]
    assessment = port.model.assess(photos, candidates, [port.faces[photo.name] for photo in photos])
    assert not differences(assessment, assess(captures, detector).visit_json())
    assert flaws_of(assessment) == []


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda raw: raw[2].fill(np.nan), "not finite"),
        (lambda raw: raw[1].fill(7), "out of range"),
        (lambda raw: raw[2].fill(1.5), "out of range"),
    ],
)
def test_the_python_port_refuses_what_is_no_detection(spoil, complaint, port):
    raw = [part.copy() for part in port.raw["crowded"]]
    spoil(raw)
    with pytest.raises(ValueError, match=complaint):
        port.model.candidates(port.photos["crowded"], *raw)


def test_the_python_port_refuses_photos_that_do_not_make_one_visit(port):
    for names in ([], ["wide", "front"], ["wide", "left"]):
        with pytest.raises(ValueError, match="a visit"):
            port.model.assess([port.photos[name] for name in names], [[] for _ in names], [[] for _ in names])
