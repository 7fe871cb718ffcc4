"""Every bad image, by the way in which it is bad."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corpus.bad_bmp import bad_bmps
from corpus.bad_gif import bad_gifs
from corpus.bad_heif import bad_heifs
from corpus.bad_image import BadImage
from corpus.bad_jpeg import bad_jpegs
from corpus.bad_png import bad_pngs
from corpus.bad_tiff import bad_tiffs
from corpus.bad_webp import bad_webps
from corpus.cut_off import cut_off
from corpus.disguised import disguised
from corpus.flipped import flipped

GROUPS: dict[str, Callable[[], Iterator[BadImage]]] = {
    "cut off": cut_off,
    "flipped": flipped,
    "disguised": disguised,
    "JPEG": bad_jpegs,
    "PNG": bad_pngs,
    "GIF": bad_gifs,
    "WebP": bad_webps,
    "HEIC and AVIF": bad_heifs,
    "TIFF": bad_tiffs,
    "BMP": bad_bmps,
}
