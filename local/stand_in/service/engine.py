"""One search from the body's bytes to the answer's bytes: the work for a thread of the pool."""

import json
from functools import lru_cache

import cv2

from stand_in.catalogue.products import build_catalogue
from stand_in.matching.index import ProductIndex
from stand_in.matching.search import CropType, Findings, search_segments, search_whole
from stand_in.request.image import decode
from stand_in.request.query import SearchQuery
from stand_in.response.body import response_body

_SECTION = "Products"
# One photo is asked for with many parameters in a row, and looking at it is nearly all of a
# search's 80 to 110 ms (`make evaluate`). A picture of 6 MB is kept with what was seen in it.
_REMEMBERED_PICTURES = 8

cv2.setNumThreads(1)  # a search has a thread of the pool; more of them would only be in its way


class Engine:
    """The catalogue and its index; searching changes nothing, so threads may share it."""

    def __init__(self) -> None:
        """Draw and index the catalogue, which takes about two seconds."""
        self.products = build_catalogue()
        self.index = ProductIndex(self.products)
        self._look = lru_cache(_REMEMBERED_PICTURES)(self._search_picture)

    def answer(self, query: SearchQuery, image: bytes, sha256: str, base_url: str) -> bytes:
        """The JSON of the answer; raises RefusedError for an image that cannot be searched."""
        body = response_body(query, self._search(query, image), sha256, base_url)
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()

    def _search(self, query: SearchQuery, image: bytes) -> Findings:
        if query.section != _SECTION:
            decode(image)
            return Findings(())  # a section that holds nothing
        return self._look(image, query.search_crop_type if query.use_segmentation else None)

    def _search_picture(self, image: bytes, segmented_by: CropType | None) -> Findings:
        picture = decode(image)
        if segmented_by is None:
            return search_whole(self.index, picture)
        return search_segments(self.index, picture, segmented_by)
