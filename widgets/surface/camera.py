"""The eye that looks at a surface in a box: plain data, and the geometry that follows from it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from widgets.plots.plane import Floats

BOX_HEIGHT = 1.0  # the box is 2 x 2 wide and this high, its floor at z = 0
_CENTER = np.array([0.0, 0.0, 0.42 * BOX_HEIGHT])
_HALF_ANGLE = math.radians(14)
_NEAR, _FAR = 0.5, 60.0
NEAREST, FARTHEST = 3.0, 30.0


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the eye stands: degrees around and above the middle of the box, and how far off.

    At azimuth 0 it looks along y with x to the right; it goes round counterclockwise.
    """

    azimuth: float = -35.0
    elevation: float = 38.0
    distance: float = 6.4

    def turned(self, azimuth: float, elevation: float) -> "Camera":
        """The camera turned by so many degrees; it never goes over the top or below the floor."""
        around = (self.azimuth + azimuth + 180) % 360 - 180
        return Camera(around, min(max(self.elevation + elevation, 3.0), 89.0), self.distance)

    def zoomed(self, factor: float) -> "Camera":
        """The camera at `factor` times its distance."""
        distance = min(max(self.distance * factor, NEAREST), FARTHEST)
        return Camera(self.azimuth, self.elevation, distance)

    def eye(self) -> Floats:
        """Where the eye is, (3,)."""
        around, above = math.radians(self.azimuth), math.radians(self.elevation)
        out = np.array(
            [
                math.cos(above) * math.sin(around),
                -math.cos(above) * math.cos(around),
                math.sin(above),
            ]
        )
        return np.asarray(_CENTER + self.distance * out)

    def axes(self) -> Floats:
        """What is right, up and forward for the eye: three rows of unit length (3, 3)."""
        forward = _CENTER - self.eye()
        forward /= np.linalg.norm(forward)
        around = math.radians(self.azimuth)
        right = np.array([math.cos(around), math.sin(around), 0.0])
        return np.stack([right, np.cross(right, forward), forward])

    def matrix(self, width: float, height: float) -> Floats:
        """From the box to clip space (4, 4), for rows: ``[x, y, z, 1] @ matrix``."""
        axes = self.axes() * np.array([[1.0], [1.0], [-1.0]])
        view = np.eye(4)
        view[:3, :3] = axes.T
        view[3, :3] = -axes @ self.eye()
        scale = 1 / math.tan(_HALF_ANGLE)
        narrow = min(width, height)
        lens = np.zeros((4, 4))
        lens[0, 0], lens[1, 1] = scale * narrow / width, scale * narrow / height
        lens[2, 2], lens[3, 2] = (_FAR + _NEAR) / (_NEAR - _FAR), 2 * _FAR * _NEAR / (_NEAR - _FAR)
        lens[2, 3] = -1.0
        return np.asarray(view @ lens)

    def project(self, points: NDArray[np.floating], width: float, height: float) -> Floats:
        """The pixels (N, 2), from the upper left, at which `points` (N, 3) of the box are seen."""
        clip = np.c_[points, np.ones(len(points))] @ self.matrix(width, height)
        there = clip[:, :2] / clip[:, 3:]
        return np.stack([(there[:, 0] + 1) * width / 2, (1 - there[:, 1]) * height / 2], axis=1)

    def ray(self, px: float, py: float, width: float, height: float) -> tuple[Floats, Floats]:
        """The line of sight through a pixel: where it starts and its direction, (3,) each."""
        reach = math.tan(_HALF_ANGLE) / min(width, height)
        right, up, forward = self.axes()
        across, above = (2 * px - width) * reach, (height - 2 * py) * reach
        direction = forward + across * right + above * up
        return self.eye(), direction / np.linalg.norm(direction)

    def pixel(self, width: float, height: float) -> float:
        """How long a pixel is in the middle of the box."""
        return 2 * self.distance * math.tan(_HALF_ANGLE) / min(width, height)
