"""The picture that was sent: checked by its content, decoded once, at working size."""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from stand_in.errors import ErrorDetail, RefusedError

MAX_IMAGE_BYTES = 6 * 1024 * 1024
MAX_PIXELS = 64_000_000
WORKING_SIDE = 448  # pixels; enough for the pattern of one object among several


@dataclass(frozen=True)
class Picture:
    """RGB bytes (height, width, 3) at working size, and the size that was sent, in pixels."""

    pixels: npt.NDArray[np.uint8]
    width: int
    height: int


def media_type(body: bytes) -> str | None:
    """The picture's format by its first bytes, or None for what upstream does not take."""
    if body.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if body.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "WEBP"
    return None


def check_size(body_bytes: int) -> None:
    """Refuse a body that is empty or longer than upstream takes."""
    if body_bytes == 0:
        raise _refused("empty_image", "The request has no image in its body.")
    if body_bytes > MAX_IMAGE_BYTES:
        raise _refused("image_too_large", f"The image is over {MAX_IMAGE_BYTES} bytes.")


def decode(body: bytes) -> Picture:
    """Bytes to a picture; whatever cannot be decoded is the client's error, never ours."""
    kind = media_type(body)
    if kind is None:
        raise _refused("unsupported_image", "The body is not a JPEG, PNG, WebP or GIF image.")
    try:
        return _decode(body, kind)
    except RefusedError:
        raise
    except Image.DecompressionBombError as error:  # Pillow's own limit, before ours is looked at
        raise _too_many_pixels() from error
    except Exception as error:  # codecs raise many kinds on hostile bytes; all mean the same
        raise _refused("corrupt_image", "The image cannot be decoded.") from error


def _decode(body: bytes, kind: str) -> Picture:
    with Image.open(io.BytesIO(body), formats=[kind]) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise _too_many_pixels()
        image.draft("RGB", (WORKING_SIDE * 2, WORKING_SIDE * 2))
        small = _flat(image)
    small.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return Picture(np.asarray(small), width, height)


def _flat(image: Image.Image) -> Image.Image:
    """RGB, with whatever is transparent shown on white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    image.thumbnail((WORKING_SIDE * 2, WORKING_SIDE * 2), Image.Resampling.BOX)
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, (255, 255, 255))
    paper.paste(layer, (0, 0), layer)
    return paper


def _too_many_pixels() -> RefusedError:
    return _refused("image_dimensions_exceeded", f"The image is over {MAX_PIXELS} pixels.")


def _refused(code: str, message: str) -> RefusedError:
    return RefusedError(400, message, (ErrorDetail(code, message, "body"),))
