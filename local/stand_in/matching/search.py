"""The search itself: from a picture to products, and to the objects they were found by."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from stand_in.matching.index import Match, ProductIndex
from stand_in.request.image import Picture
from stand_in.vision.descriptor import Descriptor, describe_object
from stand_in.vision.lab import Floats, to_lab
from stand_in.vision.palette import Weights
from stand_in.vision.segmentation import Region, find_regions

CropType = Literal["bbox", "segment"]

RESULTS = 24
NEIGHBOURS = 5
_BACKGROUND_SHARE = 0.06  # what a pixel of the box counts that is not the object's


@dataclass(frozen=True)
class Segment:
    """One object in the picture as it was sent (pixels of that), and what is nearest to it."""

    box: tuple[int, int, int, int]
    interior: tuple[int, int]
    confidence: float
    neighbours: tuple[Match, ...]


@dataclass(frozen=True)
class Findings:
    """Products, nearest first; the segments that were used; whether there had to be a fallback."""

    matches: tuple[Match, ...]
    segments: tuple[Segment, ...] = ()
    fallback: bool = False


def search_whole(index: ProductIndex, picture: Picture) -> Findings:
    """Search the picture as it is: everything in it that stands out, taken together."""
    lab = to_lab(picture.pixels)
    return Findings(_nearest_to_all(index, lab, find_regions(lab)))


def search_segments(index: ProductIndex, picture: Picture, crop: CropType) -> Findings:
    """Search each object for itself and merge; search the whole when there is no object."""
    lab = to_lab(picture.pixels)
    regions = find_regions(lab)
    if not regions:
        return Findings(_nearest_to_all(index, lab, regions), fallback=True)
    found = [index.nearest(_describe_region(lab, region, crop)) for region in regions]
    segments = [
        _segment(region, matches, picture) for region, matches in zip(regions, found, strict=True)
    ]
    return Findings(_merge(found), tuple(segments))


def _nearest_to_all(index: ProductIndex, lab: Floats, regions: list[Region]) -> tuple[Match, ...]:
    surface: Weights = np.zeros(lab.shape[:2], np.float32)
    for region in regions:
        surface[region.mask] = 1
    if not regions:
        surface[:] = _middle_first(*surface.shape)
    return tuple(index.nearest(describe_object(lab, surface, surface))[:RESULTS])


def _middle_first(height: int, width: int) -> Weights:
    """With nothing to go by, what is photographed is likely in the middle."""
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    likely = np.exp(-2 * (x * x + y * y))
    return np.asarray(np.ceil(likely * 8) / 8, np.float32)


def _describe_region(lab: Floats, region: Region, crop: CropType) -> Descriptor:
    silhouette = region.mask.astype(np.float32)
    if crop == "segment":
        return describe_object(lab, silhouette, silhouette)
    left, top, right, bottom = region.box
    surface = silhouette.copy()
    inside = surface[top:bottom, left:right]
    inside[inside == 0] = _BACKGROUND_SHARE
    return describe_object(lab, surface, silhouette)


def _segment(region: Region, matches: list[Match], picture: Picture) -> Segment:
    height, width = picture.pixels.shape[:2]
    across, down = picture.width / width, picture.height / height
    left, top, right, bottom = region.box
    x, y = region.interior
    return Segment(
        box=(
            int(left * across), int(top * down),
            min(round(right * across), picture.width), min(round(bottom * down), picture.height),
        ),
        interior=(int((x + 0.5) * across), int((y + 0.5) * down)),
        confidence=round(1 / (1 + matches[0].distance), 4),
        neighbours=tuple(matches[:NEIGHBOURS]),
    )  # fmt: skip


def _merge(found: list[list[Match]]) -> tuple[Match, ...]:
    """The nearest of every object, then the second nearest of every object, and so on.

    Among those of one rank the nearer comes first.
    """
    merged: dict[str, Match] = {}
    for rank in zip(*found, strict=True):
        for match in sorted(rank, key=lambda match: match.distance):
            merged.setdefault(match.product.id, match)
    return tuple(list(merged.values())[:RESULTS])
