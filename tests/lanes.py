"""Which tests are quick, and how workers share out all of them: by rules, so that a new test falls in by itself."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

HERE = Path(__file__).parent
TOGETHER = ("tests/browser/", "tests/interop/ports/", "tests/interop/", "tests/mobile_models/export/")
"""Folders whose tests share what is dear to start or to make: each goes to one worker."""

APART = ("tests/mobile_models/export/test_parity_on_real_photos.py", "tests/server/sync/test_statemachine.py")
"""Files whose tests are long and share nothing: each test goes to whichever worker is free."""

OTHER_PROGRAMS = ("browser", "interop", "mobile_models/export")
"""Folders that are about other programs, compilers and converters: no test in them is quick, so none is imported."""

DEAR = {"emptied", "golden_bundle", "mediapipe_python", "npm", "postgresql", "real_photos", "tiny"}
"""Fixtures that start or make something dear."""

DEAR_MODULES = {"hypothesis", "subprocess", "tests.served", "torch"}
"""What tests import that search for counterexamples, start processes, or train."""

SERVERS_A_FILE = 2
"""Of the tests in a file that each make a whole server, so many are in the quick lane."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than cores, for they often wait; none for single files, which are done before workers are up."""
    if any(Path(arg.split("::")[0]).suffix for arg in config.args):
        return 0
    return len(os.sched_getaffinity(0)) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Give each file to one worker; a folder of TOGETHER too, and of a file APART each test."""
    return _ByFile(config, log)


class _ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(APART):
            return nodeid
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::")[0])


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out of the quick lane what it has no test in: importing TensorFlow takes longer than most tests."""
    others = [HERE / folder for folder in OTHER_PROGRAMS]
    return True if config.option.markexpr == "quick" and collection_path in others else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the quick tests, by what they use."""
    servers: Counter[Path] = Counter()
    seen: set[tuple[Path, str]] = set()
    for item in items:
        if not isinstance(item, pytest.Function) or not is_quick(item):
            continue
        if "app" in item.fixturenames:
            function = (item.path, item.originalname)
            if function in seen or servers[item.path] == SERVERS_A_FILE:
                continue
            seen.add(function)
            servers[item.path] += 1
        item.add_marker(pytest.mark.quick)


def is_quick(item: pytest.Function) -> bool:
    """Return whether a test neither starts nor makes anything dear."""
    if any(HERE / folder in item.path.parents for folder in OTHER_PROGRAMS) or item.get_closest_marker("slow"):
        return False
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    if any(isinstance(value, str) and value == "postgresql" for value in values):
        return False
    return not DEAR & set(item.fixturenames) and not DEAR_MODULES & set(_imported(item.module))


def _imported(module: ModuleType) -> Iterator[str]:
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None) or ""
        yield from (name, name.split(".")[0])
