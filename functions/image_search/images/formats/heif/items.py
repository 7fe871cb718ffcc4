"""The items of a file: pictures, what they are made of, and where their data lies."""

from __future__ import annotations

from dataclasses import dataclass, field

from image_search.images.formats.heif.boxes import Fields, Parts, boxes, find
from image_search.images.formats.picture import corrupt


@dataclass
class Item:
    """``made_of``: the numbers of the pictures that a derived one is put together from."""

    kind: bytes = b""
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    made_of: list[int] = field(default_factory=list)
    belongs_to: list[int] = field(default_factory=list)
    data: bytes = b""

    def property(self, kind: bytes) -> bytes | None:
        return next((content for name, content in self.properties if name == kind), None)


@dataclass
class Items:
    """By their numbers. ``main``: the number of the picture that is shown."""

    main: int
    by_number: dict[int, Item]


def read_items(content: bytes, meta: memoryview, parts: Parts) -> Items:
    """From the content of the box ``meta`` (ISO/IEC 23008-12 §6). Raises ``CorruptImage``."""
    inside = dict(boxes(meta[4:], parts))
    missing = [kind for kind in (b"pitm", b"iinf", b"iprp", b"iloc") if kind not in inside]
    if missing:
        raise corrupt(f"no box {missing[0].decode()}")
    items = _kinds(inside[b"iinf"], parts)
    _add_properties(items, inside[b"iprp"], parts)
    _add_references(items, inside.get(b"iref"), parts)
    _add_data(items, inside[b"iloc"], content, inside.get(b"idat"), parts)
    fields = Fields(inside[b"pitm"])
    return Items(fields.number(4 if fields.number(4) >> 24 else 2), items)


def _kinds(iinf: memoryview, parts: Parts) -> dict[int, Item]:
    fields = Fields(iinf)
    parts.count(fields.number(4 if fields.number(4) >> 24 else 2))  # before any is looked at
    items: dict[int, Item] = {}
    for kind, content in boxes(fields.left, parts):
        # Version, then the number of two or four bytes, two bytes of protection, and the kind.
        if kind == b"infe" and len(content) >= 12 and content[0] >= 2:
            end = 6 if content[0] == 2 else 8
            number = int.from_bytes(content[4:end], "big")
            items[number] = Item(bytes(content[end + 2 : end + 6]))
    return items


def _add_properties(items: dict[int, Item], iprp: memoryview, parts: Parts) -> None:
    ipco = find(iprp, b"ipco", parts) or iprp[:0]
    known = [(kind, bytes(content)) for kind, content in boxes(ipco, parts)]
    for kind, content in boxes(iprp, parts):
        if kind != b"ipma":
            continue
        fields = Fields(content)
        flags = fields.number(4)
        for _ in range(fields.number(4)):
            item = items.get(fields.number(4 if flags >> 24 else 2), Item())
            parts.count()
            for _ in range(fields.number(1)):
                parts.count()
                index = fields.number(2) & 0x7FFF if flags & 1 else fields.number(1) & 0x7F
                if 0 < index <= len(known):
                    item.properties.append(known[index - 1])


def _add_references(items: dict[int, Item], iref: memoryview | None, parts: Parts) -> None:
    if iref is None:
        return
    fields = Fields(iref)
    length = 4 if fields.number(4) >> 24 else 2
    for kind, content in boxes(fields.left, parts):
        entry = Fields(content)
        item = items.get(entry.number(length), Item())
        count = entry.number(2)
        parts.count(count)
        numbers = [entry.number(length) for _ in range(count)]
        if kind == b"dimg":
            item.made_of += numbers
        if kind == b"auxl":
            item.belongs_to += numbers


def _add_data(
    items: dict[int, Item],
    iloc: memoryview,
    content: bytes,
    idat: memoryview | None,
    parts: Parts,
) -> None:
    """§8.11.3 of ISO/IEC 14496-12. Data elsewhere than in this file is left out."""
    fields = Fields(iloc)
    version = fields.number(4) >> 24
    sizes = fields.number(2)
    offset_bytes, length_bytes, base_bytes, index_bytes = (
        sizes >> at & 0xF for at in (12, 8, 4, 0)
    )
    sources = {0: memoryview(content), 1: idat if idat is not None else memoryview(b"")}
    taken = 0
    for _ in range(fields.number(4 if version == 2 else 2)):
        item = items.get(fields.number(4 if version == 2 else 2), Item())
        source = sources.get(fields.number(2) & 0xF if version else 0, memoryview(b""))
        fields.number(2)
        base = fields.number(base_bytes)
        pieces = []
        parts.count()
        for _ in range(fields.number(2)):
            parts.count()
            fields.number(index_bytes if version else 0)
            start = base + fields.number(offset_bytes)
            piece = source[start : start + (fields.number(length_bytes) or len(content))]
            taken += len(piece)
            if taken > len(content):
                raise corrupt("pictures that share their data")
            pieces.append(piece)
        item.data = b"".join(pieces)
