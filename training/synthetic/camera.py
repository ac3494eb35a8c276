"""Where the camera stands: from head millimetres to photo pixels and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mobile_models.zones import VIEWS
from training.array import Array

VIEW_YAW_DEGREES = dict(zip(VIEWS, (0.0, 50.0, -50.0), strict=True))
FACE_CENTRE_Y_MM = -21.0
PX_PER_MM = 3.02
# A scene is rendered this much wider than its photos, so that a photo can be shifted and turned.
MARGIN = 1.04


@dataclass(frozen=True)
class Camera:
    """A pinhole in front of the turned head.

    Attributes:
        yaw_degrees: positive turns the head to the patient's right (shows the left side).
        target: head point (mm) that falls on the photo's centre.
        px_per_mm: scale at the target's depth.
    """

    width: int
    height: int
    yaw_degrees: float
    target: tuple[float, float, float]
    px_per_mm: float
    pitch_degrees: float = 0.0
    distance_mm: float = 620.0

    def rotation(self) -> Array:
        """Head to camera axes, [3, 3]."""
        a, b = np.radians(self.yaw_degrees), np.radians(self.pitch_degrees)
        turn = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
        nod = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
        value: Array = nod @ turn
        return value

    def origin(self) -> Array:
        """Camera position in head coordinates, [3]."""
        value: Array = np.asarray(self.target) + self.rotation().T @ np.array([0, 0, self.distance_mm])
        return value

    def rays(self, width: int, height: int) -> Array:
        """Unit directions in head coordinates through a grid of ``width`` × ``height`` pixel centres, [H, W, 3]."""
        u = ((np.arange(width) + 0.5) / width - 0.5) * self.width
        v = ((np.arange(height) + 0.5) / height - 0.5) * self.height
        uu, vv = np.meshgrid(u, v)
        focal_px = self.px_per_mm * self.distance_mm
        d = np.stack([uu, -vv, np.full_like(uu, -focal_px)], axis=-1)
        d /= np.linalg.norm(d, axis=-1, keepdims=True)
        value: Array = d @ self.rotation()
        return value

    def project(self, points: Array) -> Array:
        """Pixel coordinates [N, 2] of head points [N, 3]."""
        p = (np.asarray(points, float) - self.target) @ self.rotation().T
        scale = self.px_per_mm * self.distance_mm / (self.distance_mm - p[:, 2])
        return np.stack([self.width / 2 + p[:, 0] * scale, self.height / 2 - p[:, 1] * scale], axis=-1)

    def scale_at(self, points: Array) -> Array:
        """Pixels per millimetre at head points [N, 3]."""
        p = (np.asarray(points, float) - self.target) @ self.rotation().T
        return self.px_per_mm * self.distance_mm / (self.distance_mm - p[:, 2])


def guided_camera(view: str, width: int = 600, height: int = 800, margin: float = 1.0) -> Camera:
    """The camera of the capture guide: the face fills the oval of ``mobile_models/zones.json``.

    ``margin`` MARGIN gives the camera a scene is built with, 1 the one its straight photo amounts to.
    """
    yaw = VIEW_YAW_DEGREES[view]
    side = np.sign(yaw)
    target = (side * 14.0, FACE_CENTRE_Y_MM, 62.0) if yaw == 0 else (side * 38.0, FACE_CENTRE_Y_MM, 52.0)
    return Camera(width, height, yaw, target, PX_PER_MM * min(width, height) / 600 / margin)
