"""Which tests are quick, by the rules of `tests.lanes`, in files of their own."""

import pytest

from tests import lanes

pytest_plugins = ["pytester"]

FIXTURES = """
import pytest

@pytest.fixture(params=["sqlite", "postgresql"])
def database(request): ...

@pytest.fixture
def app(): ...

@pytest.fixture
def tiny(): ...

@pytest.fixture
def model(tiny): ...
"""


@pytest.fixture
def quick(pytester, monkeypatch):
    """Names the quick tests of a file; its folder stands for `tests/`."""
    monkeypatch.setattr(lanes, "HERE", pytester.path)
    pytester.makeini("[pytest]\naddopts = -p no:anyio\nmarkers =\n  quick\n  slow\n")
    pytester.makeconftest(FIXTURES)

    def named(text, path="test_file.py"):
        file = pytester.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"import pytest\n{text}\n")
        (finished,) = pytester.inline_run("--collect-only", file, plugins=[lanes]).getcalls("pytest_collection_finish")
        return [item.name for item in finished.session.items if item.get_closest_marker("quick")]

    return named


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def test_it(): ...", ["test_it"]),
        ("@pytest.mark.slow\ndef test_it(): ...", []),
        ("def test_it(tiny): ...", []),
        ("def test_it(model): ...", []),
        ("def test_it(database): ...", ["test_it[sqlite]"]),
        ("import subprocess\ndef test_it(): ...", []),
        ("from subprocess import run\ndef test_it(): ...", []),
        ("from hypothesis import given\ndef test_it(): ...", []),
    ],
    ids=["nothing dear", "marked", "dear", "dear below", "a server", "a process", "a process's run", "counterexamples"],
)
def test_a_test_is_quick_by_what_it_uses(quick, text, names):
    assert quick(text) == names


@pytest.mark.parametrize("folder", lanes.OTHER_PROGRAMS)
def test_no_test_about_another_program_is_quick(quick, folder):
    assert quick("def test_it(): ...", f"{folder}/deeper/test_file.py") == []


def test_of_tests_that_each_make_a_server_the_first_of_a_file_are_quick_once_each(quick):
    cases = '@pytest.mark.parametrize("case", range(3))\n'
    text = "\n".join(f"{cases}def test_{name}(app, case): ..." for name in "abc") + "\ndef test_cheap(): ..."
    assert quick(text) == ["test_a[0]", "test_b[0]", "test_cheap"]
