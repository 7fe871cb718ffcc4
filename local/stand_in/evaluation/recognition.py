"""Does a photo of one product find it? Counted in the first five results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from stand_in.evaluation.renderings import Rendering, Shown
from stand_in.matching.index import Match

_FIRST = 5


@dataclass
class Recognition:
    """How many photos there were, and for how many the first five held what was right."""

    photos: int = 0
    category: int = 0
    category_and_colour: int = 0
    category_and_pattern: int = 0
    product_and_colour: int = 0
    category_first: int = 0
    product_and_colour_first: int = 0

    def add(self, shown: Shown, matches: Sequence[Match]) -> None:
        """Count one photo and what was found for it."""
        of_category = [
            match for match in matches[:_FIRST] if match.product.category == shown.product.category
        ]
        exact = [match for match in of_category if _is(match, shown)]
        self.photos += 1
        self.category += bool(of_category)
        self.category_and_colour += any(match.colour == shown.colour for match in of_category)
        self.category_and_pattern += any(
            match.product.pattern == shown.product.pattern for match in of_category
        )
        self.product_and_colour += bool(exact)
        self.category_first += matches[0].product.category == shown.product.category
        self.product_and_colour_first += _is(matches[0], shown)

    def shares(self) -> dict[str, float]:
        """Each count by its name, as a share of the photos."""
        return {
            field.name.replace("_", " "): getattr(self, field.name) / max(self.photos, 1)
            for field in fields(self)
            if field.name != "photos"
        }


def recognise(found: Iterable[tuple[Rendering, Sequence[Match]]]) -> dict[str, Recognition]:
    """By kind of background, and `all`."""
    kinds = {kind: Recognition() for kind in ("plain", "busy", "all")}
    for rendering, matches in found:
        for kind in (rendering.background.kind, "all"):
            kinds[kind].add(rendering.shown[0], matches)
    return kinds


def _is(match: Match, shown: Shown) -> bool:
    return match.product.id == shown.product.id and match.colour == shown.colour
