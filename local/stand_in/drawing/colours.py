"""The colours that products come in, by name."""

from typing import Final

Rgb = tuple[int, int, int]

COLOURS: Final[dict[str, Rgb]] = {
    "red": (200, 38, 44),
    "orange": (235, 126, 34),
    "yellow": (240, 196, 48),
    "green": (58, 140, 74),
    "blue": (42, 94, 178),
    "purple": (118, 66, 160),
    "pink": (236, 134, 172),
    "brown": (116, 74, 46),
    "black": (44, 44, 50),
}

CREAM: Final[Rgb] = (238, 228, 208)
GUM: Final[Rgb] = (190, 148, 100)
OAK: Final[Rgb] = (176, 128, 82)
STEEL: Final[Rgb] = (122, 128, 138)
BRASS: Final[Rgb] = (196, 158, 84)


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """`first` with `share` (0 to 1) of `second` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def darker(colour: Rgb, share: float = 0.25) -> Rgb:
    """`colour` with black in it."""
    return mix(colour, (0, 0, 0), share)


def lighter(colour: Rgb, share: float = 0.35) -> Rgb:
    """`colour` with white in it."""
    return mix(colour, (255, 255, 255), share)


def tint(colour: Rgb) -> Rgb:
    """A second tone of the same colour: lighter for a dark one, darker for a light one."""
    luma = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    return lighter(colour, 0.4) if luma < 130 else darker(colour, 0.22)
