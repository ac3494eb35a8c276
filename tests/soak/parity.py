"""The released files against PyTorch on all photos of people that no model was trained on.

    python -m tests.soak.parity [--photos FOLDER]

Prints what each file loses and raises where one exceeds its budget (`mobile_models/export/budget.py`).
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mobile_models.bundle import RELEASED, Bundle
from mobile_models.detector import Detector
from mobile_models.export.annotated import COMPARE_ON, read_photos
from mobile_models.export.assemble import COMPARE_PHOTOS, WEIGHTS_FILE
from mobile_models.export.budget import exceeded
from mobile_models.export.graph import PhoneGraph
from mobile_models.export.parity import TorchDetector, against_pytorch, outcome
from mobile_models.export.weights import load_detector

FILES = ("float32", "float16", "dynamic", "int8")
REAL = Path(__file__).parents[3] / "shared" / "data" / "acne04"


def main(argv: list[str] | None = None) -> None:
    """Compare on every photo."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, default=REAL, help=f"with images/{COMPARE_ON} and labels/{COMPARE_ON}")
    if over := over_budget(parser.parse_args(argv).photos, COMPARE_PHOTOS, print):
        raise AssertionError(f"over budget: {over}")


def over_budget(folder: Path, at_most: int, say: Any = lambda _: None) -> dict[str, list[str]]:
    """Return the budgets that each file exceeds on at most so many photos; those that exceed none are left out."""
    return {
        kind: broken
        for kind, figures in compared(folder, at_most, say)
        if (broken := exceeded(kind, figures, nano=True))
    }


def compared(folder: Path, at_most: int, say: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what each file loses against PyTorch, float32 first."""
    photos = read_photos(folder, COMPARE_ON, at_most)
    released = Bundle.open(RELEASED)
    graph = PhoneGraph(load_detector(RELEASED / WEIGHTS_FILE), released.input_size_px).eval()
    pytorch = [outcome(TorchDetector(released, graph), photo) for photo in photos]
    seen = {}
    for kind in FILES:
        detector = Detector(Bundle.open(RELEASED, model_file=f"lesions.{kind}.tflite"), num_threads=2)
        seen[kind] = [outcome(detector, photo) for photo in photos]
        size = (RELEASED / f"lesions.{kind}.tflite").stat().st_size
        figures = {**against_pytorch(pytorch, seen["float32"], seen[kind]), "bytes": size}
        say(f"{kind}, {len(photos)} photos: {figures}")
        yield kind, figures


if __name__ == "__main__":
    main()
