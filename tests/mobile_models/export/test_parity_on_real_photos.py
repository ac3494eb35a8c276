"""The released files against PyTorch on photos of people that no model was trained on."""

from pathlib import Path

import pytest

from mobile_models.bundle import RELEASED, Bundle
from mobile_models.detector import Detector
from mobile_models.export import assemble
from mobile_models.export.annotated import COMPARE_ON, read_photos
from mobile_models.export.budget import exceeded
from mobile_models.export.graph import PhoneGraph
from mobile_models.export.parity import TorchDetector, against_pytorch, outcome
from mobile_models.export.weights import load_detector

PHOTOS = Path(__file__).parents[4] / "shared" / "data" / "acne04"
KINDS = ("float32", "float16", "dynamic", "int8")


@pytest.fixture(scope="module")
def photos():
    if not PHOTOS.is_dir():
        pytest.skip("the real photos of ../shared/data are not here")
    return read_photos(PHOTOS, COMPARE_ON, assemble.COMPARE_PHOTOS)


@pytest.fixture(scope="module")
def pytorch(photos):
    bundle = Bundle.open(RELEASED)
    graph = PhoneGraph(load_detector(RELEASED / assemble.WEIGHTS_FILE), bundle.input_size_px).eval()
    return [outcome(TorchDetector(bundle, graph), photo) for photo in photos]


@pytest.fixture(scope="module")
def float32(photos):
    return seen_by("float32", photos)


def seen_by(kind, photos):
    detector = Detector(Bundle.open(RELEASED, model_file=f"lesions.{kind}.tflite"), num_threads=2)
    return [outcome(detector, photo) for photo in photos]


@pytest.mark.parametrize("kind", KINDS)
def test_a_released_file_keeps_its_budget(kind, photos, pytorch, float32):
    its = float32 if kind == "float32" else seen_by(kind, photos)
    figures = against_pytorch(pytorch, float32, its)
    size = (RELEASED / f"lesions.{kind}.tflite").stat().st_size
    assert exceeded(kind, {**figures, "bytes": size}, nano=True) == [], figures
