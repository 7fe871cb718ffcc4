"""What an object looks like, as numbers: its colours, its outline and its pattern."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from stand_in.vision import texture
from stand_in.vision.frame import frame_of
from stand_in.vision.lab import Floats
from stand_in.vision.palette import Weights, palette
from stand_in.vision.silhouette import as_seen, mirrored, outline_grid

# A photo is seldom upright; between two of these the outlines' softness has to do.
_ANGLES: Final = (-20.0, -12.0, -4.0, 4.0, 12.0, 20.0)


@dataclass(frozen=True)
class Descriptor:
    """Colours; outlines, one a row; patterns, one a row: to compare by distance."""

    colour: Floats
    shapes: Floats
    patterns: Floats


def describe_product(lab: Floats, silhouette: Weights) -> Descriptor:
    """Describe what is known exactly: upright, with each outline that a photo may make of it."""
    outlines = [outline_grid(seen, frame_of(seen)) for seen in as_seen(silhouette)]
    pattern = texture.spectrum(_lightness(lab), silhouette, frame_of(silhouette))
    return Descriptor(palette(lab, silhouette), np.stack(outlines), pattern[None])


def describe_object(lab: Floats, surface: Weights, silhouette: Weights) -> Descriptor:
    """Describe what is seen: it may lean to either side and face either way, a row for each pose.

    `surface` (0 to 1 for each pixel of `lab`) weighs colours, `silhouette` is the outline. Both
    need at least one pixel that is not 0.
    """
    frame = frame_of(silhouette)
    shapes = np.stack([outline_grid(silhouette, frame, angle) for angle in _ANGLES])
    pattern = texture.spectrum(_lightness(lab), silhouette, frame)
    patterns = np.stack([texture.turned(pattern, angle) for angle in _ANGLES])
    return Descriptor(
        palette(lab, surface),
        np.concatenate([shapes, mirrored(shapes)]),
        np.concatenate([patterns, texture.mirrored(patterns)]),
    )


def _lightness(lab: Floats) -> Floats:
    return np.ascontiguousarray(lab[..., 0])
