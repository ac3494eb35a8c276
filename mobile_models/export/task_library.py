"""Detect with the TFLite Task library: ``python task_library.py MODEL IMAGE FLOOR`` prints detections as JSON.

A process of its own, and one where TensorFlow can not be imported: beside it the library does not start.
"""

import json
import sys

sys.modules["tensorflow"] = None  # type: ignore[assignment]


def main() -> None:
    """Print [label, score, left, top, right, bottom] of each detection, in pixels."""
    from tflite_support.task import core, processor, vision

    model, image, floor = sys.argv[1:]
    options = vision.ObjectDetectorOptions(
        base_options=core.BaseOptions(file_name=model),
        detection_options=processor.DetectionOptions(score_threshold=float(floor)),
    )
    answer = vision.ObjectDetector.create_from_options(options).detect(vision.TensorImage.create_from_file(image))
    rows = []
    for detection in answer.detections:
        box, best = detection.bounding_box, detection.categories[0]
        left, top = box.origin_x, box.origin_y
        rows.append([best.category_name, best.score, left, top, left + box.width, top + box.height])
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
