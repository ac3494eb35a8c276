"""`python -m training gate` on a few drawn faces."""

import json

import pytest
from PIL import Image

from mobile_models.bundle import RELEASED, Bundle
from training.__main__ import main
from training.fit_gate import RENDERED

pytestmark = pytest.mark.slow

FEW = ["--photos", "2", "--ways", "2"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder with the one source `faces`: two drawn people."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "faces").mkdir()
    for number, path in enumerate(sorted(RENDERED.rglob("*.webp"))[::20][:2]):
        Image.open(path).convert("RGB").save(folder / "faces" / f"{number}.png")
    return folder


def test_the_gate_of_a_bundle_is_measured_as_it_is_and_what_was_looked_at_is_not_looked_at_again(data, tmp_path):
    for _ in range(2):
        assert main(["gate", "--data", str(data), "--out", str(tmp_path), "--as-it-is", *FEW]) == 0
    copies = [json.loads(line) for line in (tmp_path / "copies.jsonl").read_text().splitlines()]
    assert len(copies) == len({(copy["source"], copy["photo"], copy["way"]) for copy in copies}) >= 4 * 2
    written = json.loads((tmp_path / "gate.json").read_text())
    assert written["gate"] == {}
    assert written["figures"]["photos"] == {"faces": 2, "rendered": 2}
    own = Bundle.open(RELEASED).gate.table
    assert written["figures"]["thresholds"] == {name: own[name] for name in ("warn_below", "unavailable_below")}
    assert "The gate is the one that ships" in " ".join((tmp_path / "gate.md").read_text().split())
    assert (tmp_path / "gate.png").stat().st_size > 0


def test_a_fit_has_the_figures_of_the_bundles_and_is_measured_out_of_fold(data, tmp_path):
    assert main(["gate", "--data", str(data), "--out", str(tmp_path), *FEW]) == 0
    written = json.loads((tmp_path / "gate.json").read_text())
    own = Bundle.open(RELEASED).gate.table["legibility"]
    assert written["gate"]["fitted_on"] == {"faces": 2, "rendered": 2}
    assert written["gate"]["legibility"]["figures"].keys() == own["figures"].keys()
    assert "fit had no part in" in " ".join((tmp_path / "gate.md").read_text().split())


def test_without_photos_it_is_said_what_is_missing(tmp_path, capsys):
    assert main(["gate", "--data", str(tmp_path), "--out", str(tmp_path / "out"), *FEW]) == 2
    assert "holds none of" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
