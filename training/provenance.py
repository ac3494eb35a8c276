"""What a model was trained on, in a form that names no person: counts a source and one hash of it all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from training.config import TrainConfig
from training.heldout import training_photos


def training_data(config: TrainConfig, data: Path, rendered: int, passes: int) -> dict[str, Any]:
    """Return the sources with photos, boxes and licences, and the sha256 over every photo and its boxes."""
    licences = {
        name: one["licence"]
        for name, one in json.loads((data / "sources.json").read_text())["sources"].items()
    }
    whole = hashlib.sha256()
    sources = []
    for name in sorted(config.sources):
        photos = training_photos(config, data, name)
        for photo in photos:
            whole.update(photo.path.read_bytes())
            whole.update(photo.boxes.tobytes() + photo.types.tobytes())
        boxes = sum(len(photo.boxes) for photo in photos)
        sources.append({"name": name, "photos": len(photos), "boxes": boxes, "licence": licences[name]})
    sources.append({"name": "rendered", "photos": rendered, "licence": "drawn by this project"})
    return {
        "data_sha256": whole.hexdigest(),
        "sources": sources,
        "passes": passes,
    }
