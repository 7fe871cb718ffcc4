"""From the pixels that were sent upstream to the picture that a phone shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Size = tuple[int, int]

_X = ("x1", "x2", "centroid_x")
_Y = ("y1", "y2", "centroid_y")


@dataclass(frozen=True)
class Coordinates:
    """Width and height of what was ``sent``, and of the upright original as ``displayed``."""

    sent: Size
    displayed: Size

    @classmethod
    def unchanged(cls, width: int, height: int) -> Coordinates:
        return cls((width, height), (width, height))

    def map_segments(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer with the coordinates of its ``segments`` in displayed pixels, within bounds.

        An answer that needs no change is returned itself.
        """
        segments = answer.get("segments")
        if not isinstance(segments, list):
            return answer
        mapped = [self._map(segment) for segment in segments]
        return answer if mapped == segments else {**answer, "segments": mapped}

    def _map(self, segment: Any) -> Any:
        if not isinstance(segment, dict):
            return segment
        changed = {}
        for axis, names in enumerate((_X, _Y)):
            for name in names:
                if isinstance(segment.get(name), (int, float)):
                    changed[name] = self._coordinate(segment[name], axis)
        return {**segment, **changed}

    def _coordinate(self, value: float, axis: int) -> int:
        sent, limit = self.sent[axis], self.displayed[axis]
        return round(min(max(0, value), sent) * limit / sent)
