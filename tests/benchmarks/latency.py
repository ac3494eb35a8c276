"""Time of every file of a bundle beside PyTorch, ONNX Runtime and `litert-benchmark`, as one table of ratios.

    python -m tests.benchmarks.latency [--bundle DIR] [--weights FILE] [--sizes 320 640] [--threads 1 2]

Every runner takes its turn in each round, so that other work on the machine touches all alike; medians are shown, and
their ratio to the float32 file at that size and thread count. A bundle has one size; for another, the same weights are
converted on the spot. ONNX Runtime is no part of the project: ``pip install onnxruntime`` to see it in the table.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from statistics import median

import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter

from mobile_models.bundle import RELEASED, Bundle
from mobile_models.export.annotated import CALIBRATE_ON, RENDERED, read_photos, squares
from mobile_models.export.assemble import FORMATS, Request, write_models
from mobile_models.export.graph import PhoneGraph
from mobile_models.export.weights import load_detector
from mobile_models.image import PAD_VALUE

TFLITE = FORMATS[:-1]
BARE = Path(sys.executable).with_name("litert-benchmark")


def litert(path, threads, square):
    """A function that runs a file once through ai-edge-litert."""
    interpreter = Interpreter(model_path=str(path), num_threads=threads)
    interpreter.allocate_tensors()
    input_index = interpreter.get_input_details()[0]["index"]

    def run():
        interpreter.set_tensor(input_index, square)
        interpreter.invoke()

    return run


def pytorch(graph, threads, square):
    """A function that runs the graph once in PyTorch."""
    pixels = torch.from_numpy(square).permute(0, 3, 1, 2).contiguous()

    def run():
        torch.set_num_threads(threads)
        with torch.no_grad():
            graph(pixels)

    return run


def onnx(graph, threads, square, folder):
    """A function that runs the graph once in ONNX Runtime; None, with the reason, where it is not installed."""
    try:
        import onnxruntime
    except ImportError:
        print("ONNX Runtime is left out: pip install onnxruntime", file=sys.stderr)
        return None
    pixels = torch.from_numpy(square).permute(0, 3, 1, 2).contiguous()
    path = folder / f"{square.shape[1]}.onnx"
    if not path.exists():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(graph, (pixels,), str(path), dynamo=False, opset_version=17)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = {session.get_inputs()[0].name: pixels.numpy()}
    return lambda: session.run(None, inputs)


def bare_ms(path, threads, runs):
    """Median milliseconds that `litert-benchmark` tells of a file, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [BARE, "--model", path, "--num_threads", str(threads), "--num_runs", str(runs)]
        subprocess.run([*command, "--result_json", result], capture_output=True, check=True)
        latency = json.loads(result.read_text())["latency"]
    return latency["median_ms"]


def timed(runners, rounds):
    """Median milliseconds of each runner, all in turn in every round, after two rounds of warming up.

    Each round has an order of its own: whoever runs after PyTorch finds its threads still spinning.
    """
    took = {name: [] for name in runners}
    for turn in range(rounds + 2):
        for name, run in random.Random(turn).sample(list(runners.items()), len(runners)):
            start = time.perf_counter()
            run()
            if turn >= 2:
                took[name].append((time.perf_counter() - start) * 1000)
    return {name: median(values) for name, values in took.items()}


def files_at(size_px, bundle, weights, graph, folder):
    """The four files at a size: the bundle's where it has that size, else converted now."""
    if size_px == bundle.input_size_px and {f"lesions.{kind}.tflite" for kind in TFLITE} <= set(bundle.model_files):
        return {kind: bundle.folder / f"lesions.{kind}.tflite" for kind in TFLITE}
    asked = Request(weights, folder, formats=TFLITE)
    calibration = squares(read_photos(RENDERED, CALIBRATE_ON, 8), size_px, PAD_VALUE)
    return write_models(graph, size_px, folder, asked, calibration, lambda _: None)


def main():
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, default=RELEASED)
    parser.add_argument("--weights", type=Path, help="the bundle's unless named")
    parser.add_argument("--sizes", type=int, nargs="+", default=[320, 640])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    bundle, rows = Bundle.open(options.bundle), []
    weights = options.weights or bundle.folder / "lesions.safetensors"
    with tempfile.TemporaryDirectory() as scratch:
        for size_px in options.sizes:
            folder = Path(scratch) / str(size_px)
            folder.mkdir()
            graph = PhoneGraph(load_detector(weights), size_px).eval()
            files = files_at(size_px, bundle, weights, graph, folder)
            square = np.random.default_rng(0).random((1, size_px, size_px, 3), dtype=np.float32)
            for threads in options.threads:
                runners = {kind: litert(path, threads, square) for kind, path in files.items()}
                runners["ONNX Runtime"] = onnx(graph, threads, square, folder)
                runners["PyTorch"] = pytorch(graph, threads, square)
                took = timed({name: run for name, run in runners.items() if run}, options.rounds)
                for kind, path in files.items():
                    took[f"{kind}, litert-benchmark"] = bare_ms(path, threads, options.rounds)
                rows += [(size_px, threads, name, ms, ms / took["float32"]) for name, ms in took.items()]
    print(f"\n{bundle.id} {bundle.version}, {os.cpu_count()} CPUs, {options.rounds} rounds\n")
    print("| px | threads | what runs | ms | of float32 |\n| ---: | ---: | --- | ---: | ---: |")
    for size_px, threads, name, ms, ratio in rows:
        print(f"| {size_px} | {threads} | {name} | {ms:.1f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
