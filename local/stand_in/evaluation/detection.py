"""Are the objects of a photo found, and nothing else? By how far boxes cover each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stand_in.drawing.still_life import Box
from stand_in.evaluation.renderings import Rendering
from stand_in.matching.search import Segment

_SAME = 0.5  # intersection over union


@dataclass
class Detection:
    """Objects that are there, segments that were returned, and those of both that are the same."""

    objects: int = 0
    segments: int = 0
    found: int = 0
    named: int = 0  # of those found, the ones with the right class

    @property
    def recall(self) -> float:
        """How many of the objects were found."""
        return self.found / max(self.objects, 1)

    @property
    def precision(self) -> float:
        """How many of the segments are objects."""
        return self.found / max(self.segments, 1)

    @property
    def right_class(self) -> float:
        """How many of the found objects are called what they are."""
        return self.named / max(self.found, 1)


def detect(found: Iterable[tuple[Rendering, Sequence[Segment]]]) -> dict[str, Detection]:
    """By kind of background, and `all`."""
    kinds = {kind: Detection() for kind in ("plain", "busy", "all")}
    for rendering, segments in found:
        for kind in (rendering.background.kind, "all"):
            _count(kinds[kind], rendering, segments)
    return kinds


def _count(counts: Detection, rendering: Rendering, segments: Sequence[Segment]) -> None:
    """A segment is one object at most: two objects in one box are not found twice."""
    left = list(segments)
    counts.objects += len(rendering.shown)
    counts.segments += len(segments)
    for shown in rendering.shown:
        best = max(left, key=lambda segment: overlap(segment.box, shown.box), default=None)
        if best is None or overlap(best.box, shown.box) < _SAME:
            continue
        left.remove(best)
        counts.found += 1
        counts.named += best.neighbours[0].product.category == shown.product.category


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(across, 0) * max(down, 0)
    return shared / (_area(one) + _area(other) - shared)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
