"""What light, hand and phone do to a photo: dim rooms, lamps, focus, shake, sensor noise, denoising and JPEG.

Sampling is apart from applying, so that a photo can be spoilt the same way again: a ``Degradation`` with the same
values and seed gives the same pixels. In the order of the camera: the lens blurs, the hand shakes, the sensor takes
what light there is and adds noise, the phone balances colours, smooths the noise away, curves the tones and compresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]

_WHITE = (1.0, 1.0, 1.0)
_KERNEL_PX = 61


@dataclass(frozen=True)
class Degradation:
    """One way of spoiling a photo; the defaults leave it as it is.

    Attributes:
        light: Factor on the encoded (sRGB) values, below 1 in a dim room.
        white: Factor a colour channel (RGB): the lamp's colour that white balance left over.
        gamma: Exponent of the phone's tone curve.
        blur: Standard deviation of a Gaussian blur, as a share of the photo's width.
        shake: Length of a straight motion during exposure, as a share of the photo's width.
        shake_degrees: Its direction, counter-clockwise from the photo's right.
        noise: Standard deviation, in the 255 grey levels of the file, of the sensor's noise at middle grey. Half of its
            variance is of the read-out and the same in the dark, half is of the photons and falls with the light.
        denoise: Strength of the phone's smoothing of noise: 0 none, 1 as strong as the noise asks for.
        jpeg: Quality of the JPEG file, colour at half resolution; 0 for none.
        seed: Of the noise.
    """

    light: float = 1.0
    white: tuple[float, float, float] = _WHITE
    gamma: float = 1.0
    blur: float = 0.0
    shake: float = 0.0
    shake_degrees: float = 0.0
    noise: float = 0.0
    denoise: float = 0.0
    jpeg: int = 0
    seed: int = 0

    def apply(self, image: Pixels, width_px: float | None = None) -> Pixels:
        """Return the spoilt copy of an (H, W, 3) uint8 RGB image.

        Args:
            image: A photo or a part of one.
            width_px: Width of the whole photo in the pixels of ``image``; that of ``image`` when left out.
        """
        width = width_px or image.shape[1]
        image = _shaken(_blurred(image, self.blur * width), self.shake * width, self.shake_degrees)
        if (self.light, self.white, self.noise) != (1.0, _WHITE, 0.0):
            image = self._sensed(image)
        if self.gamma != 1:
            curve = 255 * (np.arange(256) / 255) ** self.gamma
            image = cv2.LUT(image, np.rint(curve).astype(np.uint8))
        return _compressed(image, self.jpeg) if self.jpeg else image

    def _sensed(self, image: Pixels) -> Pixels:
        """What the sensor makes of the light, as the phone hands it on: balanced, and smoothed where it is noisy."""
        values = image.astype(np.float32) * np.float32(self.light)
        if self.noise:
            spread = self.noise * np.sqrt(0.5 + 0.5 * values / 128)
            draws = np.random.default_rng(self.seed).standard_normal((*image.shape[:2], 3), dtype=np.float32)
            values = values + spread * draws
        sensed: Pixels = np.clip(np.rint(values * np.array(self.white, np.float32)), 0, 255).astype(np.uint8)
        if self.noise and self.denoise:
            sensed = cv2.bilateralFilter(sensed, 5, 3 * self.noise * self.denoise, 1.5)
        return sensed


def sample(rng: np.random.Generator) -> Degradation:
    """Draw one of the ways in which phone photos are spoilt, most of them a little, some beyond use."""

    def some(chance: float, low: float, high: float) -> float:
        """A number between the two, small ones as likely as large ones by ratio; 0 unless ``chance`` has it."""
        drawn = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        return drawn if rng.random() < chance else 0.0

    light = some(0.3, 0.12, 0.9) or float(np.exp(rng.normal(0, 0.08)))
    noise = some(0.45, 0.8, 5.0) if light > 0.7 else float(rng.uniform(0.8, 3.0))
    cast = np.exp(rng.normal(0, 0.05, 3))
    red, green, blue = cast / cast.mean()
    return Degradation(
        light=light,
        white=(float(red), float(green), float(blue)),
        gamma=float(np.exp(rng.normal(0, 0.12))),
        blur=some(0.2, 0.0004, 0.003),
        shake=some(0.1, 0.001, 0.006),
        shake_degrees=float(rng.uniform(0, 180)),
        noise=noise,
        denoise=float(rng.uniform(0.3, 1.2)) if rng.random() < 0.6 else 0.0,
        jpeg=int(rng.uniform(40, 96)) if rng.random() < 0.6 else 0,
        seed=int(rng.integers(1 << 31)),
    )


ORDINARY = {
    "light 0.6": Degradation(light=0.6, noise=1.2, denoise=0.8),
    "light 0.45": Degradation(light=0.45, noise=1.5, denoise=0.8),
    "JPEG 60": Degradation(jpeg=60),
    "blur 0.1 %": Degradation(blur=0.001),
}
"""An evening at home: photos that must still be counted."""

SEVERE = {
    "light 0.3": Degradation(light=0.3, noise=1.8, denoise=1.0),
    "light 0.2": Degradation(light=0.2, noise=2.2, denoise=1.0),
    "light 0.12": Degradation(light=0.12, noise=2.5, denoise=1.0),
    "blur 0.25 %": Degradation(blur=0.0025),
    "blur 0.5 %": Degradation(blur=0.005),
    "blur 1 %": Degradation(blur=0.01),
    "shake 0.5 %": Degradation(shake=0.005, shake_degrees=30),
    "shake 1 %": Degradation(shake=0.01, shake_degrees=30),
    "noise 12": Degradation(noise=12),
    "noise 25": Degradation(noise=25),
    "denoised 12": Degradation(noise=12, denoise=1.2),
    "JPEG 30": Degradation(jpeg=30),
    "JPEG 15": Degradation(jpeg=15),
}
"""Photos whose lesions begin to be lost: counted still, or warned of, or not judged."""


def _blurred(image: Pixels, spread_px: float) -> Pixels:
    return cv2.GaussianBlur(image, (0, 0), spread_px) if spread_px > 0.1 else image


def _shaken(image: Pixels, length_px: float, degrees: float) -> Pixels:
    """Average along a straight line; a motion longer than the kernel is taken on a smaller copy."""
    if length_px < 1:
        return image
    if length_px > _KERNEL_PX - 2:
        height, width = image.shape[:2]
        share = (_KERNEL_PX - 2) / length_px
        small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        return cv2.resize(_shaken(small, _KERNEL_PX - 2, degrees), (width, height))
    side = 2 * int(np.ceil(length_px / 2)) + 1
    along = np.linspace(-length_px / 2, length_px / 2, 8 * side)
    turn = np.deg2rad(degrees)
    column, row = side // 2 + along * np.cos(turn), side // 2 - along * np.sin(turn)
    kernel = np.zeros((side, side))
    np.add.at(kernel, (np.rint(row).astype(int), np.rint(column).astype(int)), 1 / len(along))
    return cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE)


def _compressed(image: Pixels, quality: int) -> Pixels:
    encoded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded: Pixels = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])
