"""Debian's Kotlin: a compiler, and Lesions.kt compiled once with the harness that runs the golden vectors."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HARNESS = Path(__file__).parent / "Golden.kt"
STDLIB = Path("/usr/share/java/kotlin-stdlib.jar")


def finish(command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="session")
def compile_kotlin():
    """Compile sources to a jar, beside other jars."""
    if not (shutil.which("kotlinc") and shutil.which("java")):
        if os.environ.get("CI"):
            pytest.fail("Kotlin is missing: apt-get install kotlin default-jre-headless")
        pytest.skip("needs Debian's kotlin and default-jre-headless")

    def run(sources, jar, *beside):
        classpath = ["-classpath", ":".join(map(str, beside))] if beside else []
        finish(["kotlinc", *map(str, sources), *classpath, "-d", str(jar)])
        return jar

    return run


@pytest.fixture(scope="session")
def run_golden(tmp_path_factory):
    """Run a jar with the harness on a bundle; returns the folder of its answers."""

    def run(jar, bundle):
        answers = tmp_path_factory.mktemp("answers")
        finish(["java", "-cp", f"{jar}:{STDLIB}", "GoldenKt", str(bundle), str(answers)])
        return answers

    return run


@pytest.fixture(scope="session")
def lesions_jar(compile_kotlin, golden_bundle, tmp_path_factory):
    sources = [golden_bundle / "kotlin" / "Lesions.kt", HARNESS]
    return compile_kotlin(sources, tmp_path_factory.mktemp("kotlin") / "golden.jar")
