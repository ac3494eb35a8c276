"""Detect with MediaPipe Tasks, in an environment with nothing else: ``python mediapipe_detect.py IMAGE FLOOR MODEL...``

Prints JSON: for each model [label, score, left, top, right, bottom] of each detection, in pixels.
"""

import json
import sys

import mediapipe
from mediapipe.tasks.python import BaseOptions, vision


def detect(model, image, floor):
    options = vision.ObjectDetectorOptions(base_options=BaseOptions(model_asset_path=model), score_threshold=floor)
    with vision.ObjectDetector.create_from_options(options) as detector:
        detections = detector.detect(image).detections
    rows = []
    for detection in detections:
        box, best = detection.bounding_box, detection.categories[0]
        left, top = box.origin_x, box.origin_y
        rows.append([best.category_name, best.score, left, top, left + box.width, top + box.height])
    return rows


if __name__ == "__main__":
    picture = mediapipe.Image.create_from_file(sys.argv[1])
    print(json.dumps([detect(model, picture, float(sys.argv[2])) for model in sys.argv[3:]]))
