"""The ports compiled once with the harness of the golden vectors: Debian's Kotlin, Node.js, Swift where it is."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

KOTLIN_HARNESS, SWIFT_HARNESS, WEB_HARNESS = (
    Path(__file__).parent / name for name in ("Golden.kt", "main.swift", "golden.mjs")
)
STDLIB = Path("/usr/share/java/kotlin-stdlib.jar")


def finish(command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]


def write_pixels(bundle, folder):
    for photo in (bundle / "golden" / "photos").glob("*.png"):
        (folder / f"{photo.stem}.rgba").write_bytes(Image.open(photo).convert("RGBA").tobytes())


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
def lesions_jar(compile_kotlin, golden_bundle, tmp_path_factory):
    sources = [golden_bundle / "kotlin" / "Lesions.kt", KOTLIN_HARNESS]
    return compile_kotlin(sources, tmp_path_factory.mktemp("kotlin") / "golden.jar")


@pytest.fixture(scope="session")
def kotlin_answers(lesions_jar, golden_bundle, tmp_path_factory):
    answers = tmp_path_factory.mktemp("kotlin-answers")
    finish(["java", "-cp", f"{lesions_jar}:{STDLIB}", "GoldenKt", str(golden_bundle), str(answers)])
    return answers


@pytest.fixture(scope="session")
def swift_answers(golden_bundle, tmp_path_factory):
    """What Lesions.swift answers where there is a compiler (Debian 13's swiftlang); Debian 12 has none."""
    if not shutil.which("swiftc"):
        pytest.skip("needs swiftc: Debian 13 has it in swiftlang, Debian 12 has none")
    answers = tmp_path_factory.mktemp("swift-answers")
    write_pixels(golden_bundle, answers)
    program = answers / "golden"
    sources = [str(golden_bundle / "swift" / "Lesions.swift"), str(SWIFT_HARNESS)]
    finish(["swiftc", "-O", *sources, "-o", str(program)])
    finish([str(program), str(golden_bundle), str(answers)])
    return answers


@pytest.fixture(scope="session")
def web_answers(golden_bundle, tmp_path_factory):
    if not shutil.which("node"):
        if os.environ.get("CI"):
            pytest.fail("Node.js is missing: apt-get install nodejs")
        pytest.skip("needs Debian's nodejs")
    answers = tmp_path_factory.mktemp("web-answers")
    write_pixels(golden_bundle, answers)
    finish(["node", str(WEB_HARNESS), str(golden_bundle), str(answers)])
    return answers
