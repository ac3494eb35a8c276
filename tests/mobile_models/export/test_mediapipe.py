"""Every TFLite file in MediaPipe Tasks' ObjectDetector, in an environment that is made here."""

import json
import subprocess
import sys
from pathlib import Path

from PIL import Image

from mobile_models.bundle import Bundle
from mobile_models.export.annotated import COMPARE_ON, RENDERED, read_photos
from mobile_models.export.interpreters import FLOOR, Detections, largest_distance, run_litert
from mobile_models.image import square_crop

DETECT = Path(__file__).with_name("mediapipe_detect.py")


def test_mediapipe_detects_what_litert_detects_in_every_file(exported, mediapipe_python, tmp_path):
    bundle = Bundle.open(exported)
    photo = max(read_photos(RENDERED, COMPARE_ON, 20), key=lambda annotated: len(annotated.boxes)).photo
    side = (bundle.input_size_px,) * 2
    square = square_crop(photo, None, bundle.pad_value).pixels.resize(side, Image.Resampling.BILINEAR)
    square.save(tmp_path / "square.png")
    models = [bundle.folder / name for name in bundle.model_files]
    command = [mediapipe_python, DETECT, tmp_path / "square.png", str(FLOOR), *models]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    for model, rows in zip(models, json.loads(ran.stdout), strict=True):
        detections = Detections.from_rows(rows)
        assert set(detections.labels) <= set(bundle.manifest["classes"])
        far = largest_distance(
            run_litert(model, square), detections, model.suffixes[-2][1:], f"{model.name} in MediaPipe"
        )
        print(f"{model.name}: {far}", file=sys.stderr)
        assert far["detections"] >= 5
