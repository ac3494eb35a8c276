"""Imports point one way, and the part that runs on a phone stays light."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIGHT = {"numpy", "PIL", "ai_edge_litert", "mobile_models"}
FORBIDDEN = {
    "mobile_models": {"training", "server", "export"},
    "training": {"server", "export"},
    "server": {"training", "export", "torch", "tensorflow", "ultralytics"},
}


def imported(path):
    """Top-level names a file imports anywhere, also inside functions and through importlib."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield path.relative_to(ROOT).parts[0] if node.level else node.module.split(".")[0]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__", "find_spec"):
                yield str(node.args[0].value).split(".")[0]


def files_of(package):
    return sorted(path for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_point_one_way(package):
    files = files_of(package)
    assert files
    wrong = {str(p.relative_to(ROOT)): bad for p in files if (bad := FORBIDDEN[package] & set(imported(p)))}
    assert not wrong


def test_what_a_phone_does_needs_only_numpy_pillow_and_litert():
    export = ROOT / "mobile_models" / "export"
    files = [path for path in files_of("mobile_models") if export not in path.parents]
    assert files
    for path in files:
        allowed = LIGHT | set(sys.stdlib_module_names)
        if path.name in ("signature.py", "signing.py"):
            allowed |= {"cryptography"}
        if path.name == "file_kind.py":
            allowed |= {"pillow_heif"}  # where it is installed
        if path.name in ("__main__.py", "batch.py"):
            allowed |= {"tqdm"}
        assert not set(imported(path)) - allowed, path


def test_only_the_export_command_reaches_the_export_package():
    for package in ("mobile_models", "server"):
        for path in files_of(package):
            if (ROOT / "mobile_models" / "export") in path.parents:
                continue
            assert "mobile_models.export" not in path.read_text(encoding="utf-8"), path


def test_the_rule_sees_every_way_to_import(tmp_path):
    source = tmp_path / "sly.py"
    source.write_text(
        "def f():\n    import torch.nn\n    from tensorflow import lite\n"
        "    __import__('ultralytics')\n    importlib.import_module('server.pages')\n"
    )
    assert set(imported(source)) == {"torch", "tensorflow", "ultralytics", "server"}
