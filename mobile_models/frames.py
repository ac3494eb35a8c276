"""Re-posed frames of one view: their expected counts are averaged, and the lesions drawn are the best one's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mobile_models.assessment import Capture
from mobile_models.lesions import FloatArray
from mobile_models.quality import Quality


@dataclass(frozen=True)
class Frames:
    """What each photo of a visit counts for.

    Attributes:
        share: [photos] one over the frames of its view; 0 for a frame that cannot be judged beside one that can.
        drawn: [photos] whether it is the frame of its view that keeps most lesions.
        number: fewest frames that a view rests on.
    """

    share: FloatArray
    drawn: npt.NDArray[np.bool_]
    number: int

    @classmethod
    def of(cls, captures: Sequence[Capture], qualities: Sequence[Quality]) -> Frames:
        """Share out the photos of a visit."""
        share, drawn = np.zeros(len(captures)), np.zeros(len(captures), dtype=np.bool_)
        numbers = []
        for view in dict.fromkeys(capture.view for capture in captures):
            frames = [position for position, capture in enumerate(captures) if capture.view == view]
            used = [position for position in frames if qualities[position].unavailable is None] or frames
            share[used] = 1 / len(used)
            drawn[max(used, key=lambda position: qualities[position].kept)] = True
            numbers.append(len(used))
        return cls(share, drawn, min(numbers))
