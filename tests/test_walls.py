"""The contracts of `[tool.importlinter]` hold, and each of them sees an import that breaks it."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("mobile_models", "server", "training")
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def lint(folder):
    """Run every contract on the packages of a folder."""
    environment = {**os.environ, "COLUMNS": "200"}
    command = [sys.executable, "-c", LINT]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copied(tmp_path):
    """The code and the contracts of this checkout, to be spoilt."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=lambda folder, names: _not_code(Path(folder), names))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _not_code(folder, names):
    return {name for name in names if not (folder / name).is_dir() and not name.endswith(".py")} | {"__pycache__"}


def test_every_package_says_in_one_sentence_who_lives_there():
    for package in PACKAGES:
        for file in (ROOT / package).rglob("__init__.py"):
            sentence = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
            assert sentence and sentence.endswith(".") and "\n" not in sentence, file


def test_every_contract_is_kept():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "planted", "contract"),
    [
        ("mobile_models/lesions.py", "import training.knobs", "Training and the server import what a phone does"),
        ("training/knobs.py", "import server.foundation", "Training and the server import what a phone does"),
        ("mobile_models/zones.py", "import mobile_models.assess", "What a phone does"),
        ("mobile_models/assess.py", "import mobile_models.export.parity", "What a phone does"),
        ("training/evaluation/plan.py", "import training.card", "Training, from the commands down"),
        ("training/evaluation/trend.py", "import training.evaluation.trend_plot", "No circle among siblings"),
        ("mobile_models/export/graph.py", "import mobile_models.export.assemble", "No circle among siblings"),
        ("server/foundation/ids.py", "import server.sync", "The rooms of the server"),
    ],
)
def test_a_planted_import_breaks_its_contract(file, planted, contract, copied):
    path = copied / file
    path.write_text(f"{path.read_text()}\n\ndef sly():\n    {planted}\n")
    done = lint(copied)
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if line.startswith(contract) and line.endswith("BROKEN")]
