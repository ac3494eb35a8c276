"""What tests of the pages share: assessments of chosen counts, a small clinic, and a browser without a screen."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import venv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from PIL import Image, ImageDraw

from mobile_models.grading.iga import GRADES
from mobile_models.lesions import TYPES
from mobile_models.tables import change_table, zone_table
from mobile_models.zones import ZONES
from server.foundation import db
from server.migrations.runner import upgrade
from tests.once import once
from tests.postgresql import TEMPLATE, PostgreSQL, programs

pytest_plugins = ["tests.lanes"]
settings.load_profile("ci")  # Hypothesis: the same examples in each run, however long each of them takes.

MEDIAPIPE = "mediapipe==1.2.2"
MODEL = {"id": "lesions", "version": "9.8.7", "sha256": "ab" * 32}
MDC = {
    "scale": "sqrt",
    "sem": {"inflammatory": 0.4, "non_inflammatory": 0.5, "total": 0.4},
    "people": 4,
    "pairs": 31,
    "provisional": True,
    "source": "test",
}


def _count(value: int) -> dict[str, Any]:
    return {"value": value, "low": value // 2, "high": value * 2 + 3, "expected": value + 0.3}


def _assessed(
    papules: int = 12, comedones: int = 20, iga: int = 2, views: tuple[str, ...] = ("front",), **other: Any
) -> dict[str, Any]:
    def lesion(number: int, kind: str) -> dict[str, Any]:
        x, y = 60 + 17 * (number % 9), 60 + 23 * (number % 11)
        return {"type": kind, "score": 0.4, "box": [x, y, x + 12, y + 12], "zone": "nose", "counted": True}

    kinds = ["papule"] * papules + ["comedo"] * comedones
    drawn = [lesion(number, kind) for number, kind in enumerate(kinds)]
    zones = {zone: dict.fromkeys(TYPES, 0) for zone in ZONES}
    zones["nose"] |= {"papule": papules, "comedo": comedones}
    counts = {**dict.fromkeys(TYPES, 0), "comedo": comedones, "papule": papules}
    counts |= {"inflammatory": papules, "non_inflammatory": comedones, "total": papules + comedones}
    rest = [share for grade in GRADES if grade != iga for share in [(str(grade), 0.1)]]
    grade = {"value": iga, "distribution": dict(sorted([*rest, (str(iga), 0.6)])), "basis": "guided face"}
    photos = [
        {"photo": view, "view": view, "guided": True, "lesions": drawn if view == "front" else []} for view in views
    ]
    return {
        "visit": True,
        "photos": photos,
        "counts": {name: _count(value) for name, value in counts.items()},
        "zones": zones,
        "grades": {"IGA": grade, "GAGS": {"unavailable": "not asked for"}},
        "model": MODEL,
        **other,
    }


@pytest.fixture(scope="session")
def assessed() -> Callable[..., dict[str, Any]]:
    """Makes an assessment by the model of `manifest`: `assessed(papules=30, iga=3)`."""
    return _assessed


def _write_manifest(folder: Path) -> None:
    folder.mkdir()
    name = "lesions.float32.tflite"
    release = {"line": "lesions", "minimum_app_version": "0.1.0"}
    manifest = {
        **MODEL,
        **release,
        "files": {name: {"sha256": MODEL["sha256"], "bytes": 1}},
        "default_file": name,
        "mdc": MDC,
        "zones": zone_table(),
        "change": {**change_table(), "sem": MDC["sem"]["inflammatory"]},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture
def manifest(app: Flask, tmp_path: Path) -> Path:
    """Gives the server the manifest of a model whose measurement error is known."""
    folder = tmp_path / "models"
    _write_manifest(folder)
    app.extensions["acnetrack.config"] = replace(app.extensions["acnetrack.config"], models_dir=folder)
    return folder


@pytest.fixture
def followed(manifest: Path, assessed: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    """Pushes weekly assessed visits: `followed(patient, dict(papules=30), dict(papules=8))`."""

    def follow(patient: Any, *visits: dict[str, Any], **columns: Any) -> None:
        for number, visit in enumerate(visits):
            day, result = date(2026, 1, 5) + timedelta(weeks=number), assessed(**visit)
            moment, visit_id = f"{day}T08:30:00+01:00", f"visit-{number:04}"
            model = {f"model_{name}": value for name, value in result["model"].items()}
            row = {"visit_id": visit_id, "recorded_at": moment, "result": json.dumps(result), **model}
            rejected = patient.push(
                visits=[{"id": visit_id, "recorded_at": moment, "guided": True, **columns}],
                assessments=[{"id": f"assessment-{number:04}", **row}],
            )
            assert rejected == []

    return follow


@pytest.fixture
def browse(app: Flask) -> Callable[[Any], FlaskClient]:
    """Signs a person in to the pages, by the form."""

    def sign_in(person: Any) -> FlaskClient:
        client = app.test_client()
        form = {"csrf_token": token_in(client.get("/sign-in").text), "email": person.email}
        answer = client.post("/sign-in", data={**form, "password": "correct horse battery"})
        assert answer.status_code == 302
        return client

    return sign_in


def token_in(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.fixture
def csrf_token() -> Callable[[str], str]:
    """Returns the token in a page's first form."""
    return token_in


class _Outline(HTMLParser):
    VOID = ("meta", "link", "img", "input", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.ids: list[str] = []
        self.wanted: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if len(attributes) != len(attrs):
            self.problems.append(f"<{tag}> has an attribute twice")
        if tag == "img" and "alt" not in attributes:
            self.problems.append("<img> without alt")
        if "style" in attributes or any(name.startswith("on") for name in attributes):
            self.problems.append(f"<{tag}> has inline style or script")
        if attributes.get("id"):
            self.ids.append(str(attributes["id"]))
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.wanted += (attributes.get(name) or "").split()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes what is not open")


@pytest.fixture
def flaws() -> Callable[[str], list[str]]:
    """Returns what is not well-formed or not accessible in a page."""

    def find(page: str) -> list[str]:
        outline = _Outline()
        outline.feed(page)
        outline.close()
        twice = {f"id {name} twice" for name in outline.ids if outline.ids.count(name) > 1}
        nowhere = {f"no element has the id {name}" for name in outline.wanted if name not in outline.ids}
        left = [f"<{tag}> is never closed" for tag in outline.open]
        headings = [] if page.count("<h1") == 1 else [f"{page.count('<h1')} first headings"]
        return [*outline.problems, *sorted(twice | nowhere), *left, *headings]

    return find


@pytest.fixture(scope="session")
def small_clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the demonstration loads it: two patients, their photos drawn here, and a model's manifest."""
    folder = tmp_path_factory.mktemp("clinic")
    _write_manifest(folder / "models")
    patients: list[dict[str, Any]] = []
    assessments: dict[str, Any] = {}
    courses = [
        {"name": "Adapalene", "kind": "topical", "dose": "0.1 %", "started_day": 3, "stopped_day": None},
        {"name": "Doxycycline", "kind": "oral", "dose": None, "started_day": 0, "stopped_day": 20},
    ]
    for slug, name, papules in (("better", "Bo Better", (34, 20, 9, 4)), ("worse", "Wim Worse", (9, 12, 24, 40))):
        visits = []
        for number, count in enumerate(papules):
            views = ("front", "left", "right") if slug == "worse" else ("front",)
            photos = [_draw_photo(folder, f"{slug}-{number}-{view}.png", view, number) for view in views]
            visits.append({"day": 7 * number, "photos": photos, "note": None})
            assessment = _assessed(papules=count, iga=2 if count < 20 else 3, views=views)
            assessments[f"{slug}/{number:02}"] = assessment
        patient = {"slug": slug, "name": name, "first_date": "2025-06-02", "visits": visits, "courses": courses}
        patients.append(patient)
    images = {photo["file"]: photo["sha256"] for p in patients for v in p["visits"] for photo in v["photos"]}
    stored = {"model": MODEL, "images": images, "assessments": assessments}
    (folder / "clinic.json").write_text(json.dumps({"patients": patients}))
    (folder / "assessments.json").write_text(json.dumps(stored))
    return folder


def _draw_photo(folder: Path, file: str, view: str, number: int) -> dict[str, Any]:
    image = Image.new("RGB", (300, 400), (120 + number, 140, 150))
    ImageDraw.Draw(image).ellipse((45, 40, 255, 360), fill=(201, 150, 120))
    image.save(folder / file)
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    return {"file": file, "view": view, "sha256": digest, "width": 300, "height": 400}


@pytest.fixture(scope="session")
def golden_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released bundle with the golden vectors and the reference code that this checkout makes for it."""
    from mobile_models.bundle import RELEASED
    from mobile_models.export.golden import write_golden
    from mobile_models.export.reference_code import write_reference

    def write(made: Path) -> None:
        shutil.copytree(RELEASED, made / "bundle")
        write_golden(made / "bundle")
        write_reference(made / "bundle")

    return once(tmp_path_factory, "golden", write) / "bundle"


@pytest.fixture(scope="session")
def model_inputs(golden_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with NAME.png for each golden photo: its square in the reference light, as the model takes it."""
    from mobile_models.bundle import Bundle
    from mobile_models.image import read_photo, square_crop

    folder, bundle = tmp_path_factory.mktemp("inputs"), Bundle.open(golden_bundle)
    for entry in json.loads((golden_bundle / "golden" / "index.json").read_text())["photos"]:
        photo = read_photo(golden_bundle / "golden" / entry["photo"])
        square = square_crop(photo, bundle.zones if entry["guided"] else None, bundle.pad_value)
        levels = square.levels(bundle.input_size_px, bundle.exposure)
        Image.fromarray(levels).save(folder / f"{entry['name']}.png")
    return folder


@pytest.fixture(scope="session")
def differences(golden_bundle: Path) -> Callable[[Any, Any], list[str]]:
    """Where a port's JSON is not the golden one: figures within the tolerance of their name, all else equal."""
    tolerance = json.loads((golden_bundle / "golden" / "index.json").read_text())["tolerance"]

    def compare(shown: Any, golden: Any, where: str = "", allowed: float = 0.0) -> list[str]:
        if isinstance(golden, dict) and isinstance(shown, dict) and set(shown) == set(golden):
            pairs = [(k, shown[k], golden[k], tolerance.get(k, allowed)) for k in golden]
        elif isinstance(golden, list) and isinstance(shown, list) and len(shown) == len(golden):
            pairs = [(k, f, g, allowed) for k, (f, g) in enumerate(zip(shown, golden, strict=True))]
        elif type(golden) is float and type(shown) in (int, float):
            return [] if abs(shown - golden) <= allowed else [f"{where}: {shown}, golden {golden}"]
        else:
            return [] if shown == golden else [f"{where}: {shown}, golden {golden}"]
        return [line for k, f, g, near in pairs for line in compare(f, g, f"{where}/{k}", near)]

    return compare


def _code_of(document: str) -> Callable[[str], list[str]]:
    text = (Path(__file__).parents[1] / document).read_text()
    return lambda fence: re.findall(rf"^```{fence}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="session")
def integrate_code() -> Callable[[str], list[str]]:
    """The code blocks of the model's INTEGRATE.md that are fenced with these words."""
    return _code_of("mobile_models/INTEGRATE.md")


@pytest.fixture(scope="session")
def sync_code() -> Callable[[str], list[str]]:
    """The code blocks of the server's INTEGRATE.md that are fenced with these words."""
    return _code_of("server/INTEGRATE.md")


@pytest.fixture(scope="session")
def mediapipe_python(tmp_path_factory: pytest.TempPathFactory) -> Path | str:
    """Python of an environment with MediaPipe and nothing of ours; ACNETRACK_MEDIAPIPE names one made before."""
    if made := os.environ.get("ACNETRACK_MEDIAPIPE"):
        return made

    def install(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        command = [folder / "bin" / "python", "-m", "pip", "install", "-q", MEDIAPIPE]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            why = f"{MEDIAPIPE} cannot be installed here: {ran.stderr.strip().splitlines()[-1:]}"
            if os.environ.get("CI"):
                pytest.fail(why)
            pytest.skip(why)

    return once(tmp_path_factory, "mediapipe", install) / "bin" / "python"


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """This worker's PostgreSQL with an empty database of the newest version, to be copied by `create`."""
    if (folder := programs()) is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing: apt-get install postgresql")
        pytest.skip("needs Debian's postgresql")

    def initialise(made: Path) -> None:
        first = PostgreSQL(folder)
        try:
            engine = db.connect(first.url(name := first.create("template0")))
            upgrade(engine)
            engine.dispose()
            first.execute(f"ALTER DATABASE {name} RENAME TO {TEMPLATE}")
        finally:
            first.stop(data_to=made / "data")

    server = PostgreSQL(folder, copied_from=once(tmp_path_factory, "postgresql", initialise) / "data")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of tests/interop/package-lock.json."""
    if not (command := shutil.which("npm")):
        if os.environ.get("CI"):
            pytest.fail("npm is missing: apt-get install nodejs npm")
        pytest.skip("needs npm")

    def install(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(Path(__file__).parent / "interop" / name, folder)
        flags = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=peer"]
        done = subprocess.run([command, "ci", *flags], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode and not os.environ.get("CI"):
            pytest.skip("needs the packages of tests/interop/package-lock.json from npm's registry or its cache")
        assert done.returncode == 0, done.stderr[-2000:]

    return once(tmp_path_factory, "npm", install)
