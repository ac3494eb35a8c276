"""From photos to everything that an evaluation leaves behind."""

import dataclasses
import json
import re

import pytest

from mobile_models.calibration import Calibration
from mobile_models.tables import grading_tables
from training.bootstrap import Figure
from training.card.card import write_card
from training.card.write import write_all
from training.evaluation.fit import out_of_fold_calibrations
from training.evaluation.learning import read_losses
from training.evaluation.measure import measure
from training.evaluation.measured import Measured
from training.evaluation.plan import plan_of_folder
from training.json_form import to_json
from training.provenance import TrainingData, TrainingSource

pytestmark = pytest.mark.slow

GRADING = grading_tables()
TRAINING = TrainingData(
    data_sha256="0" * 64,
    passes=320,
    runs=1,
    research_only=False,
    sources=[TrainingSource(name="clinic", photos=3, boxes=40, licence="the owner's")],
    measured_only=[TrainingSource(name="repeats", photos=7, licence="lent", view="selfies")],
)


@pytest.fixture
def evaluated(tmp_path):
    def evaluate(held, plan=None, losses=()):
        plan = plan or plan_of_folder("clinic")
        calibrations = out_of_fold_calibrations([photo for some in held.values() for photo in some], plan)
        measured = measure(held, plan, GRADING, calibrations, TRAINING, 640)
        (tmp_path / "measured").mkdir()
        return write_all(measured, losses, tmp_path / "measured")

    return evaluate


def test_figures_words_plots_and_page_agree_and_are_whole_also_from_a_manifest(clinic, seen, evaluated, tmp_path):
    plan = dataclasses.replace(
        plan_of_folder("clinic"), clear=("faces",), levels={"clinic": (5, 20, 50)}, notes={"clinic": "Made up."}
    )
    losses = [{"step": 20 * k, "box_loss": 2.0, "cls_loss": 3.0} for k in range(5)]
    measured = evaluated({"clinic": clinic(40), "faces": [seen(source="faces") for _ in range(12)]}, plan, losses)
    out = tmp_path / "measured"
    assert "| repeats | measured only (7) |" in (out / "MODEL_CARD.md").read_text()
    written = json.loads((out / "measured.json").read_text())
    assert Measured.read(written) == measured
    assert to_json(measured) == written
    card = (out / "MODEL_CARD.md").read_text()
    manifest = {name: written[name] for name in ("calibration", "mdc", "metrics", "training")}
    assert card == write_card(Measured.read(manifest))
    assert "Training loss over 80 steps" in card
    figure = measured.metrics.detection["clinic"].centre_F1
    assert f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})" in card
    assert "`clinic`: Made up." in card
    pictures = re.findall(r"!\[[^]]*\]\(([^)]*)\)", card)
    assert {path.name for path in out.glob("*.png")} == set(pictures)
    assert (out / "evaluation.html").read_text().count("data:image/png;base64,") == len(pictures) >= 6
    Calibration.from_manifest(measured.calibration)


def test_figures_that_lack_a_part_are_refused_by_its_name():
    with pytest.raises(ValueError, match=r"\$\.mdc"):
        Measured.read({"calibration": {}, "mdc": {"scale": "sqrt"}, "metrics": {}, "training": {}})


def test_one_photo_establishes_nothing_and_breaks_nothing(clinic, evaluated, tmp_path):
    measured = evaluated({"clinic": clinic(1)})
    assert Figure(n=1) == measured.metrics.detection["clinic"].AP50
    assert "not established (n = 1)" in (tmp_path / "measured" / "MODEL_CARD.md").read_text()
    assert "Repeatability: no pose was photographed twice" in " ".join(
        (tmp_path / "measured" / "MODEL_CARD.md").read_text().split()
    )


def test_photos_without_a_box_or_a_candidate_break_nothing(seen, evaluated, tmp_path):
    evaluated({"clinic": [seen() for _ in range(12)]})
    assert "no measured photo has a box" in (tmp_path / "measured" / "MODEL_CARD.md").read_text()


def test_runs_that_went_on_from_each_other_are_numbered_through(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        rows = [{"step": step, "box_loss": 2.0, "cls_loss": 3.0} for step in (0, 20, 40)]
        (tmp_path / name / "loss.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    rows = read_losses([tmp_path / "first", tmp_path / "second"])
    assert [row["step"] for row in rows] == [0, 20, 40, 40, 60, 80]


def test_a_run_without_a_log_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"elsewhere: no loss\.jsonl"):
        read_losses([tmp_path / "elsewhere"])
