"""The released bundle is the model that was measured."""

import json
from pathlib import Path

import numpy as np
import pytest

from mobile_models.bundle import RELEASED, Bundle
from mobile_models.export.convert import largest_difference
from mobile_models.export.graph import PhoneGraph
from mobile_models.export.metrics import centre_f1_of, hits_by_centre
from mobile_models.export.weights import load_detector
from training.card.card import write_card
from training.config import read_config
from training.evaluation.measured import Measured
from training.evaluation.predict import Runner, predict_all
from training.heldout import held_out_photos

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[3] / "shared" / "data"
CONFIG = Path(__file__).parents[2] / "training" / "released.yaml"


def test_the_released_file_gives_what_the_committed_weights_give_in_pytorch():
    bundle = Bundle.open()
    graph = PhoneGraph(load_detector(RELEASED / "lesions.safetensors"), bundle.input_size_px).eval()
    assert largest_difference(graph, RELEASED / "lesions.float32.tflite", bundle.input_size_px) < 1e-4


def test_the_card_says_what_the_manifest_says():
    manifest = json.loads((RELEASED / "manifest.json").read_text())
    assert (RELEASED / "MODEL_CARD.md").read_text() == write_card(Measured.read(manifest))


def test_the_released_model_is_trained_and_carries_its_notice():
    manifest = json.loads((RELEASED / "manifest.json").read_text())
    assert sum(source["photos"] for source in manifest["training"]["sources"]) > 1000
    assert "non-commercial" in manifest["notice"]
    assert "non-commercial" in (RELEASED / "MODEL_CARD.md").read_text()


@pytest.mark.skipif(not DATA.exists(), reason="the real photos of ../shared/data are not here")
def test_the_held_out_figure_of_the_card_comes_out_again():
    photos = held_out_photos(read_config(CONFIG), DATA, "acnescu")
    predicted = predict_all(Runner(Bundle.open().model_path), photos, "acnescu")
    again = centre_f1_of([hits_by_centre(photo.scored()) for photo in predicted]).f1
    stated = Bundle.open().manifest["metrics"]["detection"]["acnescu"]["centre_F1"]["value"]
    assert np.isclose(again, stated, atol=0.005)
