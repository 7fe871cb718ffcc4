"""One file through the proxy's own code, and what is wrong with what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image, ImageChops, ImageStat

from image_search.composition import build_normalizer
from image_search.errors import RequestError
from image_search.images.coordinates import Coordinates
from image_search.images.image import read_image
from image_search.images.normalize import READERS
from image_search.settings import Settings
from in_process import InProcess
from stand_in import create_app
from zoo.oracles import Rendition, by_imagemagick, by_pillow, by_vips, displayed

# Mean of the grey levels (of 255) by which two decoders may differ at a small size: JPEG's losses,
# and profiles that one of them does not know.
MOST_DIFFERENCE = 12.0
# Turned another way, a picture must not be that much more alike.
LIKE = 0.6
MOST_OFF = 0.03
_COMPARED = (32, 32)
_HEIF = frozenset({"image/heic", "image/avif"})
_TAKEN = frozenset({"JPEG", "MPO", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"})
_ORACLES: dict[str, Callable[[Path], Rendition | None]] = {
    "Pillow": by_pillow,
    "libvips": by_vips,
    "ImageMagick": by_imagemagick,
}


@dataclass
class Verdict:
    """``outcome``: in a word. ``problems``: what is wrong. ``sent``: what upstream receives."""

    path: Path
    outcome: str
    difference: float | None = None
    problems: list[str] = field(default_factory=list)
    sent: bytes | None = field(default=None, repr=False)


class Judge:
    def __init__(self) -> None:
        settings = {name: field_.default for name, field_ in Settings.model_fields.items()}
        self._max_bytes: int = settings["max_image_bytes"]
        self._normalizer = build_normalizer(Settings.model_construct(**settings))
        transport = InProcess(create_app())
        self._stand_in = httpx.Client(transport=transport, base_url="http://stand-in")

    def judge(self, path: Path) -> Verdict:
        content = path.read_bytes()
        try:
            image = read_image(content, self._max_bytes)
            normalized = self._normalizer.normalize(image)
        except RequestError as error:
            return _refused(path, f"{error.status} {error.code}", f"{error} {error.detail}")
        except Exception as error:  # whatever it is, it would be a 500
            return Verdict(path, "500", problems=[repr(error)])
        answer = self._search(normalized.content)
        if answer.status_code == 400:
            return _refused(path, "refused upstream", answer.text[:120])
        kept = READERS[image.media_type](content).clean() == normalized.content
        verdict = Verdict(path, "searched" if kept else "searched, encoded anew")
        verdict.sent = normalized.content
        if answer.status_code != 200:
            verdict.problems.append(f"the stand-in answers {answer.status_code}")
        else:
            body = normalized.coordinates.map_segments(answer.json())
            verdict.problems += _outside(body.get("segments") or [], normalized.coordinates)
        _compare(verdict, normalized.coordinates, heif=image.media_type in _HEIF)
        return verdict

    def _search(self, content: bytes) -> httpx.Response:
        query = {"key": "zoo", "use_segmentation": "true", "return_segments": "true"}
        return self._stand_in.post("/v2/image_search", params=query, content=content)


def _refused(path: Path, outcome: str, detail: str) -> Verdict:
    verdict = Verdict(path, outcome)
    if "dimensions" in outcome or outcome.startswith("413"):
        return verdict
    name = _strictly_decoded(path)
    if name is not None and not (outcome.startswith("415") and "run-length" in name):
        verdict.problems.append(f"refused although {name} decodes it: {detail}")
    return verdict


def _strictly_decoded(path: Path) -> str | None:
    """Who decodes the file as one of the formats that are taken."""
    try:
        with Image.open(path) as image:
            kind = str(image.format)
            if kind not in _TAKEN:
                return None
            if kind == "BMP" and image.info.get("compression") in (1, 2):
                return "Pillow, run-length"
            image.load()
            return "Pillow"
    except Exception:  # its plugins raise errors of many kinds
        known = path.suffix.lower() in (".jpg", ".jpeg", ".png", ".gif", ".webp", ".tif", ".tiff")
        return "libvips" if known and by_vips(path) is not None else None


def _outside(segments: list[dict[str, float]], coordinates: Coordinates) -> list[str]:
    width, height = coordinates.displayed
    return [
        f"a box outside the picture: {box}"
        for segment in segments
        for box in [tuple(segment[name] for name in ("x1", "y1", "x2", "y2"))]
        if not (0 <= box[0] <= box[2] <= width and 0 <= box[1] <= box[3] <= height)
    ]


def _compare(verdict: Verdict, coordinates: Coordinates, *, heif: bool) -> None:
    """With the first oracle that decodes the file; colours with whichever is nearest.

    Pillow leaves the crop of HEIF to others; libvips and ImageMagick do not look at XMP.
    """
    assert verdict.sent is not None
    sent = displayed(Image.open(BytesIO(verdict.sent)))
    order = ("libvips", "ImageMagick", "Pillow") if heif else tuple(_ORACLES)
    first = None
    for name in order:
        oracle = _ORACLES[name](verdict.path)
        if oracle is None:
            continue
        difference = _difference(sent, oracle)
        if first is None:
            first = name
            verdict.problems += _turned(name, sent, oracle, coordinates)
        if verdict.difference is None or difference < verdict.difference:
            verdict.difference = difference
        if verdict.difference <= MOST_DIFFERENCE:
            return
    if verdict.difference is None:
        verdict.outcome += ", no oracle"
    else:
        verdict.problems.append(f"other colours than any oracle's: {verdict.difference:.1f}")


def _turned(name: str, sent: Rendition, oracle: Rendition, coordinates: Coordinates) -> list[str]:
    width, height = coordinates.displayed
    # What is displayed has the oracle's proportions, but for a pixel of its small rendition.
    expected = oracle.width / oracle.height
    slack = MOST_OFF + 1 / min(oracle.size)
    problems = []
    if abs(width / height / expected - 1) > slack:
        problems.append(f"boxes for {width} x {height}, {name} displays {oracle.size}")
    as_sent = _difference(sent, oracle)
    others = [_difference(sent.transpose(way), oracle) for way in Image.Transpose]
    if as_sent > MOST_DIFFERENCE / 2 and min(others) < LIKE * as_sent:
        problems.append(f"not upright, says {name}: {as_sent:.1f}, turned {min(others):.1f}")
    return problems


def _difference(one: Rendition, other: Rendition) -> float:
    small = [image.resize(_COMPARED, Image.Resampling.BOX) for image in (one, other)]
    means = ImageStat.Stat(ImageChops.difference(*small)).mean
    return sum(means) / len(means)
