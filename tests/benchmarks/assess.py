"""Time of an assessment against the bare interpreter, as a table.

    python -m tests.benchmarks.assess [--bundle DIR]... [--repeats N] [--threads N]

Pictures are made on the spot; every step is timed in turn within each round, and medians are shown, so that
other work on the machine touches all of them alike.
"""

import argparse
import io
import time
from statistics import median
from unittest import mock

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from mobile_models import assess as assess_module
from mobile_models.assess import assess
from mobile_models.assessment import Capture
from mobile_models.bundle import RELEASED, Bundle
from mobile_models.detector import Detector
from mobile_models.image import Photo, read_photo, square_crop
from mobile_models.orientation import EXIF_ORIENTATION
from mobile_models.quality import judge

RATIO_AT_MOST = {640: 1.3, 320: 2.0}
TWELVE_MEGAPIXELS = (3000, 4000)
END_TO_END_MS_AT_MOST = 400


def skin(width, height):
    """A picture with the detail of skin at every scale, so that JPEG is not unusually small."""
    rng = np.random.default_rng(0)
    grain = rng.normal(0, 6, (height, width, 1))
    spots = Image.fromarray(rng.integers(0, 60, (height // 24, width // 24), dtype=np.uint8))
    coarse = np.asarray(spots.resize((width, height), Image.Resampling.BICUBIC), dtype=float)[..., None]
    return Image.fromarray((np.array([205, 155, 130]) - coarse + grain).clip(0, 255).astype(np.uint8))


def jpeg(image, orientation=1):
    """The bytes of a camera's JPEG."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92, exif=exif)
    return file.getvalue()


def bare(bundle, threads):
    """A function that runs the model on one tensor through ai-edge-litert and nothing else."""
    interpreter = Interpreter(model_path=str(bundle.model_path), num_threads=threads)
    interpreter.allocate_tensors()
    input_index = interpreter.get_input_details()[0]["index"]
    outputs = [detail["index"] for detail in interpreter.get_output_details()]

    def run(tensor):
        interpreter.set_tensor(input_index, tensor)
        interpreter.invoke()
        return [interpreter.get_tensor(index) for index in outputs]

    return run


def timed(steps, repeats):
    """Median milliseconds of each step, all steps in turn in every round, after two rounds of warming up."""
    took = {name: [] for name in steps}
    for round_number in range(repeats + 2):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            if round_number >= 2:
                took[name].append((time.perf_counter() - start) * 1000)
    return {name: median(values) for name, values in took.items()}


def measure(bundle, threads, repeats):
    """Milliseconds of every step for one bundle."""
    detector, run = Detector(bundle, threads), bare(bundle, threads)
    size = bundle.input_size_px
    square = Capture("square", Photo(skin(1280, 1280), 1280, 1280))
    quality = judge(square.photo, None)
    tensor = square_crop(square.photo, None, bundle.pad_value).tensor(size)
    upright, lying = jpeg(skin(*TWELVE_MEGAPIXELS)), jpeg(skin(*TWELVE_MEGAPIXELS), orientation=6)
    guided = Capture("guided", read_photo(upright), "front", True)

    def without_gate(capture):
        with mock.patch.object(assess_module, "judge", return_value=quality):
            return assess([capture], detector).photo_json()

    return timed(
        {
            "bare interpreter": lambda: run(tensor),
            "1280 px square to assessment": lambda: without_gate(square),
            "1280 px square to tensor": lambda: square_crop(square.photo, None, 114).tensor(size),
            "12 MP decoded, guided, to assessment": lambda: without_gate(guided),
            "decode 12 MP JPEG": lambda: read_photo(upright),
            "decode and rotate 12 MP JPEG": lambda: read_photo(lying),
            "quality gate": lambda: judge(guided.photo, bundle.zones),
            "12 MP JPEG end to end": lambda: assess(
                [Capture("end", read_photo(lying), "front", True)], detector
            ).photo_json(),
        },
        repeats,
    )


def main():
    """Print one table for each bundle."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", action="append", metavar="DIR", help="the released one unless named")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    for folder in options.bundle or [RELEASED]:
        bundle = Bundle.open(folder)
        took = measure(bundle, options.threads, options.repeats)
        reference = took["bare interpreter"]
        print(f"\n{bundle.id} {bundle.version}, {bundle.input_size_px} px, {options.threads} threads\n")
        print("| step | ms | of the bare interpreter |\n| --- | ---: | ---: |")
        for step, ms in took.items():
            print(f"| {step} | {ms:.1f} | {ms / reference:.2f} |")
        ratio = took["1280 px square to assessment"] / reference
        limit = RATIO_AT_MOST.get(bundle.input_size_px)
        print(f"\nsquare to assessment {ratio:.2f}× (at most {limit}×)")
        print(f"12 MP JPEG end to end {took['12 MP JPEG end to end']:.0f} ms (at most {END_TO_END_MS_AT_MOST} ms)")


if __name__ == "__main__":
    main()
