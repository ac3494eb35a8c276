"""Candidates of a converted model on annotated photos, by the very path that a phone takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from tqdm import tqdm

from mobile_models.detector import Rows, read_rows
from mobile_models.export.metrics import ScoredPhoto, matches_by_centre
from mobile_models.exposure import REFERENCE
from mobile_models.image import PAD_VALUE, Photo, Square, read_photo, square_crop
from mobile_models.placement import place_in_photo
from mobile_models.zones import ZoneTable
from training.array import Array
from training.datasets.photo import AnnotatedPhoto
from training.evaluation.skin_tone import apparent_tone

FLOOR = 0.01
"""Scores below this are not candidates; curves end here."""


@dataclass(frozen=True)
class Predicted:
    """One photo's candidates beside its annotation, boxes in pixels x0 y0 x1 y1, best score first.

    Attributes:
        photo: The annotated photo.
        boxes: (n, 4) of the candidates.
        classes: (n,) type index.
        scores: (n,) P(any lesion).
        sizes: (n,) √area of each box as a share of the model's square.
        reference: (m, 4) annotated boxes.
        ita: Apparent skin tone in degrees (``skin_tone``), NaN where little skin is seen.
    """

    photo: AnnotatedPhoto
    boxes: Array
    classes: Array
    scores: Array
    sizes: Array
    reference: Array
    ita: float = float("nan")

    def scored(self, candidates: Array | None = None, wanted: Array | None = None) -> ScoredPhoto:
        """Return what the metrics need, of some ``candidates`` and the annotations ``wanted``."""
        mine = slice(None) if candidates is None else candidates
        its = slice(None) if wanted is None else wanted
        return ScoredPhoto(self.boxes[mine], self.scores[mine], self.reference[its])

    def matches(self) -> Array:
        """Return (n,) index of the annotation that each candidate hits by its centre, or −1; one to one."""
        return self._matches

    @cached_property
    def _matches(self) -> Array:
        return matches_by_centre(self.scored())


class Runner:
    """A LiteRT file run on whole photos, or on the guide's square when ``oval`` is given."""

    def __init__(self, model: Path, threads: int = 2) -> None:
        self.interpreter = Interpreter(model_path=str(model), num_threads=threads)
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]
        self.outputs = [output["index"] for output in self.interpreter.get_output_details()]

    def rows(self, tensor: Array) -> Rows:
        """Return the rows above the floor for one (1, S, S, 3) tensor."""
        self.interpreter.set_tensor(self.input["index"], tensor)
        self.interpreter.invoke()
        boxes, classes, scores, count = (self.interpreter.get_tensor(index) for index in self.outputs)
        return read_rows(boxes, classes, scores, count, FLOOR)

    def look(self, square: Square) -> Rows:
        """Return the rows of a square, 0–1 of it."""
        return self.rows(square.tensor(int(self.input["shape"][1]), REFERENCE))

    def predict(self, photo: AnnotatedPhoto, oval: ZoneTable | None = None) -> Predicted:
        """Return the candidates of one photo. With ``oval``, both sides are cut to what lies inside it."""
        image = read_photo(photo.path)
        square = square_crop(image, oval, PAD_VALUE)
        seen = place_in_photo(self.look(square), square, image)
        reference = photo.boxes * np.array([image.width_px, image.height_px] * 2)
        inside, wanted = np.ones(len(seen), dtype=bool), np.ones(len(reference), dtype=bool)
        if oval is not None:
            inside = _inside(seen.boxes, oval, image)
            wanted = _inside(reference, oval, image)
            photo = replace(photo, boxes=photo.boxes[wanted], types=photo.types[wanted])
        return Predicted(
            photo,
            seen.boxes[inside],
            seen.classes[inside],
            seen.scores[inside],
            seen.sizes[inside],
            reference[wanted],
            apparent_tone(image.pixels, photo.boxes),
        )


def _inside(boxes: Array, oval: ZoneTable, image: Photo) -> Array:
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    inside: Array = (oval.oval_coordinates(centres, image.width_px, image.height_px) ** 2).sum(axis=1) <= 1
    return inside


def predict_all(
    runner: Runner, photos: list[AnnotatedPhoto], title: str, oval: ZoneTable | None = None
) -> list[Predicted]:
    """Run a list of photos with a progress bar."""
    return [runner.predict(photo, oval) for photo in tqdm(photos, desc=title, unit="photo")]
