"""Planes of numbers that surfaces are made of: smooth noise, distances, colour ramps."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from stand_in.drawing.colours import Rgb

Plane = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Size = tuple[int, int]  # width, height in pixels


def clouds(size: Size, cell: tuple[float, float], random: np.random.Generator) -> Plane:
    """Smooth noise from 0 to 1; its bumps are about `cell` pixels across and down."""
    width, height = size
    columns, rows = int(width / cell[0]) + 3, int(height / cell[1]) + 3
    coarse = random.random((rows, columns)).astype(np.float32)
    large = cv2.resize(
        coarse,
        (round(columns * cell[0]), round(rows * cell[1])),
        interpolation=cv2.INTER_CUBIC,
    )
    return np.asarray(np.clip(large[:height, :width], 0, 1), np.float32)


def layered(size: Size, cell: float, random: np.random.Generator, layers: int = 4) -> Plane:
    """Noise with detail: each layer half as coarse and half as strong as the one before."""
    total = np.zeros((size[1], size[0]), np.float32)
    for layer in range(layers):
        fine = max(cell / 2**layer, 1.5)
        total += clouds(size, (fine, fine), random) / 2**layer
    return np.asarray(total / sum(1 / 2**layer for layer in range(layers)), np.float32)


def coordinates(size: Size) -> tuple[Plane, Plane]:
    """Each pixel's place across and down."""
    down, across = np.indices((size[1], size[0]), dtype=np.float32)
    return across, down


def ramp(share: npt.NDArray[np.floating], colours: Sequence[Rgb]) -> Plane:
    """Colours (height, width, 3) along a way from the first (share 0) to the last (share 1)."""
    stops = np.linspace(0, 1, len(colours))
    table = np.array(colours, np.float32)
    channels = [np.interp(share, stops, table[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)
