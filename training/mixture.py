"""An endless, seeded stream of training batches drawn from weighted sources."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from mobile_models.errors import AssessmentError
from mobile_models.image import read_photo
from training.array import Array
from training.augment import apply_view, as_a_phone_hands_it_on, draw_view
from training.config import TrainConfig
from training.datasets.photo import AnnotatedPhoto
from training.degrade import sample
from training.distil import Teacher, silence

LARGEST_PX = 1024
"""Photos are kept this large: the guided square of a phone's preview holds no more."""

BUMP_FOCUS = 0.5
"""How much more often a view is centred near a small bump than near another untyped lesion: they are many."""


@dataclass(frozen=True)
class Ingredient:
    """One source's photos, its share of the stream and the magnifications at which it is seen."""

    photos: list[AnnotatedPhoto]
    share: float
    scale_range: tuple[float, float]


class Mixture:
    """Draws batches; decoded photos are kept in memory, at most 1024 px wide, while ``cache_gib`` lasts.

    Args:
        ingredients: The sources.
        config: Canvas, batch and how views are drawn. Batch ``k`` is a function of (seed, k), so that a
            resumed run goes on as it would have.
        teacher: Its soft labels, for a run that distils.
        part: Which of how many equal parts of each batch this process draws. Of several, each is a function of
            (seed, k, part): another stream than one process draws, of the same photos and views.

    Raises:
        ValueError: a batch has no such equal parts.
    """

    def __init__(
        self,
        ingredients: list[Ingredient],
        config: TrainConfig,
        teacher: Teacher | None = None,
        part: tuple[int, int] = (0, 1),
    ) -> None:
        self.teacher = teacher
        number, parts = part
        if config.batch % parts:
            raise ValueError(f"batch: {config.batch} photos do not divide among {parts} processes; give a multiple")
        self.ingredients = [ingredient for ingredient in ingredients if ingredient.photos and ingredient.share > 0]
        shares = np.array([ingredient.share for ingredient in self.ingredients])
        self.shares = shares / shares.sum()
        self.size_px, self.batch, self.seed = config.size_px, config.batch // parts, config.seed
        self._part = [number] if parts > 1 else []
        self._room = int(config.cache_gib * 2**30)
        self.focus = np.array([*config.type_weights, 1.0, BUMP_FOCUS])
        self.quarter_turns = config.quarter_turns
        self._files: dict[str, Array] = {}

    def summary(self) -> str:
        """Return how many photos of which source are trained on, and what share of the stream each gets."""
        sources = [
            f"{len(ingredient.photos)} photos of {ingredient.photos[0].source} ({share:.0%})"
            for ingredient, share in zip(self.ingredients, self.shares, strict=True)
        ]
        return f"training on {', '.join(sources)}"

    def batch_at(self, step: int) -> dict[str, torch.Tensor]:
        """Return batch number ``step``.

        Keys: ``img`` (B, 3, S, S) uint8; ``batch_idx`` (n,), ``cls`` (n, 1) and ``bboxes`` (n, 4) relative
        cx cy w h; ``background`` (B, 4); ``taught`` (n, 5) and ``doubtful`` (m, 5), a photo's place in the batch
        before x0 y0 x1 y1 relative, as in ``training.distil.Taught``.
        """
        rng = np.random.default_rng([self.seed, step, *self._part])
        canvases, owners, classes, boxes, background = [], [], [], [], []
        words, doubtful = [], []
        for place in range(self.batch):
            ingredient = self.ingredients[rng.choice(len(self.ingredients), p=self.shares)]
            photo = ingredient.photos[rng.integers(len(ingredient.photos))]
            image = self._image(photo)
            height, width = image.shape[:2]
            boxes_px = photo.boxes * np.array([width, height, width, height], dtype=np.float32)
            view = draw_view(
                rng,
                (width, height),
                boxes_px,
                self.focus[photo.types],
                ingredient.scale_range,
                self.size_px,
                self.quarter_turns,
            )
            word = self.teacher.taught(photo) if self.teacher else silence(photo)
            doubted_px = word.doubtful * np.array([width, height, width, height], dtype=np.float32)
            canvas, seen, visible = apply_view(image, np.concatenate([boxes_px, doubted_px]), view, self.size_px)
            canvas = as_a_phone_hands_it_on(canvas, image, view, sample(rng))
            visible, annotated = visible[: len(boxes_px)], int(visible[: len(boxes_px)].sum())
            seen, doubted = seen[:annotated], seen[annotated:] / self.size_px
            words.append(word.annotated[visible])
            doubtful.append(np.column_stack([np.full(len(doubted), place), doubted]))
            canvases.append(canvas)
            owners += [place] * len(seen)
            classes.append(photo.types[visible])
            boxes.append(seen / self.size_px)
            background.append(photo.background)
        corners = np.concatenate(boxes)
        relative = np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1)
        return {
            "img": torch.from_numpy(np.stack(canvases)).permute(0, 3, 1, 2),
            "batch_idx": torch.tensor(owners, dtype=torch.float32),
            "cls": torch.from_numpy(np.concatenate(classes)).float()[:, None],
            "bboxes": torch.from_numpy(relative).float(),
            "background": torch.from_numpy(np.stack(background)),
            "taught": torch.from_numpy(np.concatenate(words)),
            "doubtful": torch.from_numpy(np.concatenate(doubtful)).float(),
        }

    def batches(self, start: int, stop: int) -> Iterator[dict[str, torch.Tensor]]:
        """Yield batches ``start`` to ``stop - 1``, prepared one ahead in a thread."""
        ready: queue.Queue[dict[str, torch.Tensor] | BaseException] = queue.Queue(maxsize=3)

        def prepare() -> None:
            try:
                for step in range(start, stop):
                    ready.put(self.batch_at(step))
            except BaseException as error:
                ready.put(error)

        threading.Thread(target=prepare, daemon=True).start()
        for _ in range(start, stop):
            item = ready.get()
            if isinstance(item, BaseException):
                raise item
            yield item

    def _image(self, photo: AnnotatedPhoto) -> Array:
        key = str(photo.path)
        if key in self._files:
            return self._files[key]
        try:
            image = np.asarray(read_photo(photo.path).pixels)
        except AssessmentError as error:
            raise ValueError(f"{photo.path}: {error}") from error
        shrink = LARGEST_PX / max(image.shape[:2])
        if shrink < 1:
            image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        self._room -= image.nbytes
        if self._room >= 0:
            self._files[key] = image
        return image
