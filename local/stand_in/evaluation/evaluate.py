"""The evaluation: photos through the whole of a search, from the file to the products."""

from dataclasses import dataclass

from stand_in.catalogue.products import Product
from stand_in.evaluation.cost import Cost
from stand_in.evaluation.detection import Detection, detect
from stand_in.evaluation.recognition import Recognition, recognise
from stand_in.evaluation.renderings import single_products, three_products
from stand_in.matching.index import ProductIndex
from stand_in.matching.search import Findings, search_segments, search_whole
from stand_in.request.image import decode


@dataclass(frozen=True)
class Evaluation:
    """Recognition and detection by kind of background, and what searches cost."""

    recognition: dict[str, Recognition]
    detection: dict[str, Detection]
    search: Cost
    segmented_search: Cost


def evaluate(
    index: ProductIndex, products: tuple[Product, ...], singles: int, scenes: int, seed: int
) -> Evaluation:
    """Search with so many photos of one product, and so many of three."""
    whole, segmented = Cost(), Cost()

    def by_photo(jpeg: bytes) -> Findings:
        return search_whole(index, decode(jpeg))

    def by_segments(jpeg: bytes) -> Findings:
        return search_segments(index, decode(jpeg), "segment")

    recognition = recognise(
        (rendering, whole.timed(by_photo, rendering.jpeg).matches)
        for rendering in single_products(products, singles, seed)
    )
    detection = detect(
        (rendering, segmented.timed(by_segments, rendering.jpeg).segments)
        for rendering in three_products(products, scenes, seed)
    )
    return Evaluation(recognition, detection, whole, segmented)
