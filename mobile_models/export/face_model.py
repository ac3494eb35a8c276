"""The face model of a bundle: taken from MediaPipe's wheel, or from the released bundle that holds it already.

    pip download mediapipe==0.10.21 --no-deps
    python export.py … --face-wheel mediapipe-0.10.21-….whl

The wheel is no dependency: it wants another numpy. Its licence (Apache-2.0) goes into the bundle with the model.
"""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from mobile_models.bundle import FACE_FILE, RELEASED

LICENCE_FILE = "face.LICENSE.txt"
SHA256 = {
    FACE_FILE: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    LICENCE_FILE: "8707eef0533987efc5b155d64761eeb6e20793f50b9bd1a68dad1cf4719d0ed8",
}
IN_WHEEL = {
    FACE_FILE: "mediapipe/modules/face_detection/face_detection_short_range.tflite",
    LICENCE_FILE: "mediapipe-0.10.21.dist-info/LICENSE",
}


class FaceModelWrong(ValueError):
    """No face model there, or another one than is known."""


def write_face_model(folder: Path, wheel: Path | None = None) -> None:
    """Put the face model and its licence into a bundle's folder.

    Raises:
        FaceModelWrong: the wheel cannot be read, or holds other files.
    """
    for name, digest in SHA256.items():
        data = (RELEASED / name).read_bytes() if wheel is None else _from_wheel(wheel, IN_WHEEL[name])
        if hashlib.sha256(data).hexdigest() != digest:
            raise FaceModelWrong(f"{name} is not the file that is known. Use the wheel of mediapipe 0.10.21.")
        (folder / name).write_bytes(data)


def _from_wheel(wheel: Path, member: str) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise FaceModelWrong(f"{wheel} is not the wheel of mediapipe 0.10.21. Download it, or leave it out.") from error
