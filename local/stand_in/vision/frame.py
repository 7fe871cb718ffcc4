"""An object's own frame: its centre and its size, so that neither matters."""

from dataclasses import dataclass

import cv2
import numpy as np

from stand_in.vision.lab import Floats
from stand_in.vision.palette import Weights

_REACH = 2.3  # half the frame's width, in root-mean-square radii of the silhouette


@dataclass(frozen=True)
class Frame:
    """Where an object is: centre and root-mean-square radius, in pixels."""

    x: float
    y: float
    radius: float

    def view(self, plane: Floats, side: int, angle: float = 0.0) -> Floats:
        """The object in a square of `side` pixels, turned by `angle` degrees to the left."""
        scale = side / (2 * _REACH * self.radius)
        if scale < 1:  # a pixel of the view is the mean of those it stands for
            plane = np.asarray(cv2.GaussianBlur(plane, (0, 0), 0.4 / scale), np.float32)
        turn = cv2.getRotationMatrix2D((self.x, self.y), angle, scale)
        turn[0, 2] += (side - 1) / 2 - self.x
        turn[1, 2] += (side - 1) / 2 - self.y
        return np.asarray(cv2.warpAffine(plane, turn, (side, side)), np.float32)


def frame_of(silhouette: Weights) -> Frame:
    """The frame of a silhouette with at least one pixel that is not 0."""
    # OpenCV takes an array of two columns for the points of an outline.
    moments = cv2.moments(cv2.copyMakeBorder(silhouette, 0, 0, 0, 2, cv2.BORDER_CONSTANT))
    area = moments["m00"]
    square = (moments["mu20"] + moments["mu02"]) / area
    return Frame(moments["m10"] / area, moments["m01"] / area, max(float(np.sqrt(square)), 1.0))
