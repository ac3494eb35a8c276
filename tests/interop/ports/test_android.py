"""The Android code of INTEGRATE.md compiles against Lesions.kt."""

from pathlib import Path

STUBS = Path(__file__).parent / "stubs"
"""Android's, LiteRT's and MediaPipe's classes, as far as that code calls them: their SDKs are not for the JVM."""


def test_the_android_code_of_integrate_compiles(compile_kotlin, lesions_jar, integrate_code, tmp_path):
    blocks = integrate_code("kotlin")
    assert len(blocks) == 2
    for number, block in enumerate(blocks):
        (tmp_path / f"Block{number}.kt").write_text(block)
    compile_kotlin([*tmp_path.glob("*.kt"), *sorted(STUBS.glob("*.kt"))], tmp_path / "integrate.jar", lesions_jar)
