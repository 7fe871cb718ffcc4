"""What a file is, by its first bytes (WHATWG MIME Sniffing §6.1; ISO/IEC 14496-12 for `ftyp`)."""

from __future__ import annotations

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
_BMP_CORE_HEADER = 12
_BMP_PLAIN = frozenset({0, 3, 6})
"""How pixels may be stored: as they are, or with masks. Run lengths, which no phone writes, take
minutes to decode where they are made to."""
_MOST_BRANDS = 32


def sniff(content: bytes) -> str | None:
    """The media type, or None for anything that is no image this proxy takes."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:2] == b"BM" and _is_bmp(content):
        return "image/bmp"
    if content[4:8] == b"ftyp":
        return _of_brands(content)
    return None


def _is_bmp(content: bytes) -> bool:
    """Two letters are too little to tell: the header that follows says its own length."""
    header = int.from_bytes(content[14:18], "little")
    if header == _BMP_CORE_HEADER:
        return True
    return header in _BMP_HEADERS and int.from_bytes(content[30:34], "little") in _BMP_PLAIN


def _of_brands(content: bytes) -> str | None:
    """By the major brand and those it is compatible with: both kinds may call themselves mif1."""
    end = min(int.from_bytes(content[:4], "big"), 16 + 4 * _MOST_BRANDS)
    brands = {content[8:12], *(content[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return "image/avif"
    return "image/heic" if brands & _HEIF_BRANDS else None
