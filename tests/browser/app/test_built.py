"""What is served is what the sources give."""

import subprocess
from pathlib import Path

import pytest

BUDGET_BYTES, SCREEN_BYTES = 200_000, 60_000


@pytest.mark.parametrize("command", [["node", "build.mjs", "--check"], ["node_modules/.bin/tsc"]])
def test_built_files_and_types_are_those_of_the_sources(app_packages: Path, command: list[str]) -> None:
    done = subprocess.run(command, cwd=app_packages, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_first_load_and_every_screen_keep_to_their_budget(phone) -> None:
    """In bytes of brotli as they come over the wire, without what counts: its program and its models."""
    phone.begin()
    code = """performance.getEntriesByType("resource").filter(({ name }) => /\\.(js|css)$/.test(name))
        .map(({ name, encodedBodySize }) => [name.split("/").at(-1), encodedBodySize])"""
    loaded = phone.driver.execute_script(f"return {code}")
    assert loaded
    assert sum(size for _, size in loaded) <= BUDGET_BYTES
    for path, heading in (("#/today", "Your skin over time"), ("#/sign-up", "Create an account")):
        before = {name for name, _ in phone.driver.execute_script(f"return {code}")}
        phone.opens(path, heading)
        more = [size for name, size in phone.driver.execute_script(f"return {code}") if name not in before]
        assert sum(more) <= SCREEN_BYTES
