"""What an object looks like, as numbers: its colours, its outline and its pattern."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from stand_in import silhouette, texture
from stand_in.frame import frame_of
from stand_in.lab import Floats
from stand_in.palette import Weights, palette

# A photo is seldom upright; between two of these the outlines' softness has to do.
_ANGLES: Final = (-20.0, -12.0, -4.0, 4.0, 12.0, 20.0)


@dataclass(frozen=True)
class Descriptor:
    """Colours, and outlines and patterns with a row for each pose, to compare by distance."""

    colour: Floats
    shapes: Floats
    patterns: Floats


def describe(lab: Floats, surface: Weights, outline: Weights | None = None) -> Descriptor:
    """Describe what `surface` (0 to 1 for each pixel of `lab`) weighs, as it stands.

    `outline` gives the silhouette when it is not the surface's own. Both need at least one
    pixel that is not 0.
    """
    return _describe(lab, surface, surface if outline is None else outline, (0.0,))


def describe_poses(lab: Floats, surface: Weights, outline: Weights) -> Descriptor:
    """The same for what may lean to either side, and face either way."""
    upright = _describe(lab, surface, outline, _ANGLES)
    return Descriptor(
        upright.colour,
        np.concatenate([upright.shapes, silhouette.mirrored(upright.shapes)]),
        np.concatenate([upright.patterns, texture.mirrored(upright.patterns)]),
    )


def _describe(
    lab: Floats, surface: Weights, outline: Weights, angles: tuple[float, ...]
) -> Descriptor:
    frame = frame_of(outline)
    pattern = texture.spectrum(np.ascontiguousarray(lab[..., 0]), outline, frame)
    return Descriptor(
        palette(lab, surface),
        np.stack([silhouette.outline_grid(outline, frame, angle) for angle in angles]),
        np.stack([texture.turned(pattern, angle) for angle in angles]),
    )
