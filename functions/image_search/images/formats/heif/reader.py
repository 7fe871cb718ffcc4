"""HEIC and AVIF (ISO/IEC 23008-12, AVIF 1.1): the size, and the pixels that are decoded for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from image_search.images.formats import exif
from image_search.images.formats.heif import av1, display, hevc
from image_search.images.formats.heif.boxes import Fields, Parts, boxes, find
from image_search.images.formats.heif.items import Item, Items, read_items
from image_search.images.formats.picture import Picture, corrupt

Size = tuple[int, int]

_CODECS: dict[bytes, tuple[bytes, Callable[[bytes, bytes, Parts], Size]]] = {
    b"av01": (b"av1C", av1.size_of),
    b"hvc1": (b"hvcC", hevc.size_of),
    b"hev1": (b"hvcC", hevc.size_of),
}
_DERIVED = frozenset({b"grid", b"iden", b"iovl", b"tmap"})
_MOST_LEVELS = 3
# Tiles reach beyond the edges: by 3 % of a phone's 48 megapixels, which need no memory for that.
_BEYOND = 1.25
# Of a visual sample entry (ISO/IEC 14496-12 §12.1.3), before its size and the boxes in it.
_ENTRY_SIZE, _ENTRY_BYTES = 24, 78
_NONE = memoryview(b"")


def read_heic(content: bytes) -> Picture:
    """Raises ``CorruptImage``. libheif crops and turns by itself."""
    return _read(content)[0]


def read_avif(content: bytes) -> Picture:
    """Raises ``CorruptImage``. libavif leaves it to others to crop and to turn."""
    picture, main = _read(content)
    if main is None:
        return picture
    size = picture.width, picture.height
    return replace(picture, orientation=display.orientation(main), crop=display.crop(main, size))


def _read(content: bytes) -> tuple[Picture, Item | None]:
    """With the item of the picture that is displayed, where it is no track's."""
    main = None
    parts = Parts()
    found: dict[bytes, memoryview] = {}
    for kind, inside in boxes(memoryview(content), parts):
        found.setdefault(kind, inside)
    sizes = [_of_track(table, content, parts) for table in _tracks(found.get(b"moov"), parts)]
    if b"meta" in found:
        items = read_items(content, found[b"meta"], parts)
        sizes.append(_of_main(items, parts))
        main = items.by_number[items.main]
    if not sizes:
        raise corrupt("neither pictures nor tracks")
    width, height, _ = sizes[-1]
    decoded = max(decoded for _, _, decoded in sizes)
    return Picture(width, height, 1, exif.UPRIGHT, (), decoded), main


def _of_main(items: Items, parts: Parts) -> tuple[int, int, int]:
    """Width and height as the box says, and all pixels that are decoded for them."""
    main = items.by_number.get(items.main)
    if main is None:
        raise corrupt("no main picture")
    width, height = _stated_size(main)
    layers = [
        item
        for number, item in items.by_number.items()
        if number == items.main or items.main in item.belongs_to
    ]
    count = _Count(items, parts)
    return width, height, max(count.pixels(item) for item in layers)


class _Count:
    """Counts the pixels behind an item; a tile counts as often as it is used."""

    def __init__(self, items: Items, parts: Parts) -> None:
        self._items = items.by_number
        self._known: dict[int, int] = {}
        self._parts = parts

    def pixels(self, item: Item, level: int = 0) -> int:
        if id(item) not in self._known:
            self._known[id(item)] = self._count(item, level)
        return self._known[id(item)]

    def _count(self, item: Item, level: int) -> int:
        self._parts.count(1 + len(item.made_of))
        if level > _MOST_LEVELS:
            raise corrupt("pictures made of pictures without end")
        width, height = _stated_size(item)
        if item.kind in _CODECS:
            name, size_of = _CODECS[item.kind]
            real_width, real_height = size_of(item.property(name) or b"", item.data, self._parts)
            return max(width * height, real_width * real_height)
        if item.kind not in _DERIVED:
            raise corrupt("a picture of no known kind")
        parts = [self._items.get(number) for number in item.made_of]
        decoded = sum(self.pixels(part, level + 1) for part in parts if part)
        return decoded if decoded > _BEYOND * width * height else width * height


def _stated_size(item: Item) -> Size:
    stated = item.property(b"ispe")
    if stated is None or len(stated) < 12:
        raise corrupt("a picture that does not say its size")
    return int.from_bytes(stated[4:8], "big"), int.from_bytes(stated[8:12], "big")


def _tracks(moov: memoryview | None, parts: Parts) -> Iterator[memoryview]:
    """The sample tables of an animation."""
    for kind, content in boxes(moov if moov is not None else _NONE, parts):
        if kind == b"trak":
            table = content
            for name in (b"mdia", b"minf", b"stbl"):
                table = find(table, name, parts) or _NONE
            yield table


def _of_track(table: memoryview, content: bytes, parts: Parts) -> tuple[int, int, int]:
    """The largest of the sizes in its descriptions and in its first picture, which is decoded."""
    sizes = [(0, 0)]
    for kind, entry in boxes((find(table, b"stsd", parts) or _NONE)[8:], parts):
        if kind in _CODECS:
            fields = Fields(entry[_ENTRY_SIZE:])
            sizes.append((fields.number(2), fields.number(2)))
            name, size_of = _CODECS[kind]
            config = bytes(find(entry[_ENTRY_BYTES:], name, parts) or b"")
            sizes.append(size_of(config, _first_sample(table, content, parts), parts))
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return width, height, width * height


def _first_sample(table: memoryview, content: bytes, parts: Parts) -> bytes:
    """By the chunk offsets and sample sizes (ISO/IEC 14496-12 §8.7)."""
    inside = dict(boxes(table, parts))
    length = 8 if b"co64" in inside else 4
    offsets = Fields(inside.get(b"co64", inside.get(b"stco", _NONE)))
    offsets.take(8)
    start = offsets.number(length)
    sizes = Fields(inside.get(b"stsz", _NONE))
    sizes.take(4)
    size = sizes.number(4)
    if size == 0:
        sizes.take(4)
        size = sizes.number(4)
    return content[start : start + size]
