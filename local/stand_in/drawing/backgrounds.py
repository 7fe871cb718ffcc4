"""Every surface by its name, and whether it is plain or busy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from stand_in.drawing.surfaces import masonry, outdoors, plain, textiles, wood
from stand_in.drawing.surfaces.fields import Plane, Size

Kind = Literal["plain", "busy"]
Surface = Callable[[Size, np.random.Generator], Plane]


@dataclass(frozen=True)
class Background:
    """A surface that can be drawn at any size."""

    name: str
    kind: Kind
    draw: Surface


BACKGROUNDS: Final[dict[str, Background]] = {
    background.name: background
    for background in (
        Background("paper", "plain", plain.paper),
        Background("plaster", "plain", plain.plaster),
        Background("concrete", "plain", plain.concrete),
        Background("linen", "plain", textiles.linen),
        Background("oak", "busy", wood.oak),
        Background("walnut", "busy", wood.walnut),
        Background("ash", "busy", wood.ash),
        Background("gingham", "busy", textiles.gingham),
        Background("carpet", "busy", textiles.carpet),
        Background("brick", "busy", masonry.brick),
        Background("tiles", "busy", masonry.tiles),
        Background("terrazzo", "busy", masonry.terrazzo),
        Background("leaves", "busy", outdoors.leaves),
        Background("bokeh", "busy", outdoors.bokeh),
        Background("sand", "busy", outdoors.sand),
    )
}
