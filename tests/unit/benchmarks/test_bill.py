"""The calculator's arithmetic, on round figures."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from benchmarks.cost.bill import ITEM_OVERHEAD_BYTES, Bill, answer_bytes, bill
from benchmarks.cost.billed import Billed
from benchmarks.cost.workload import Kind, Way, Workload

_CPU = {"ours": 2.0, "handwritten": 20.0}
BILLED = Billed(
    {
        "hit: GET by hash": _CPU,
        **{
            f"{case}, {size}": _CPU
            for case in ("hit: raw", "hit: JSON base64", "miss: raw")
            for size in ("100 KB", "1 MB", "4 MB")
        },
    }
)
WHOLE_PROCESSOR = Workload(memory_mb=1769)


def made(**changes: object) -> Bill:
    return bill(replace(WHOLE_PROCESSOR, **changes), BILLED)  # type: ignore[arg-type]


def test_hit_is_billed_for_its_work_and_one_look_up() -> None:
    assert BILLED.hit_ms(WHOLE_PROCESSOR) == 2 + 4


def test_miss_is_billed_for_its_work_five_calls_and_the_vendor() -> None:
    assert BILLED.miss_ms(WHOLE_PROCESSOR) == 2 + 5 * 4 + 800


def test_half_a_processor_takes_twice_as_long() -> None:
    assert BILLED.hit_ms(replace(WHOLE_PROCESSOR, memory_mb=1769 // 2)) == pytest.approx(8, 0.01)


def test_more_than_a_processor_is_no_faster() -> None:
    assert BILLED.hit_ms(replace(WHOLE_PROCESSOR, memory_mb=3008)) == 2 + 4


def test_sizes_between_those_measured_lie_on_a_line() -> None:
    medians = {**BILLED.medians, "hit: raw, 4 MB": {"ours": 8.0, "handwritten": 0.0}}
    workload = replace(WHOLE_PROCESSOR, image_bytes=2_500_000)
    assert Billed(medians).hit_ms(workload) == pytest.approx(5 + 4)


def test_lambda_is_paid_by_time_and_memory() -> None:
    only_hits = made(hits=1.0)
    assert only_hits.lambda_time == pytest.approx(6e-3 * 1769 / 1024 * 13.3334)
    assert only_hits.lambda_requests == 0.20


@pytest.mark.parametrize(
    ("image_bytes", "way", "dollars"),
    [
        (300_000, Way.RAW, 1),
        (512 * 1024, Way.RAW, 1),
        (512 * 1024 + 1, Way.RAW, 2),
        (512 * 1024, Way.JSON, 2),
        (4_000_000, Way.RAW, 8),
    ],
)
def test_gateway_counts_each_512_kilobytes(image_bytes: int, way: Way, dollars: float) -> None:
    assert made(image_bytes=image_bytes, way=way).gateway == dollars


def test_hash_first_sends_the_photo_for_misses_only() -> None:
    assert made(hits=0.75, way=Way.HASH_FIRST, image_bytes=4_000_000).gateway == 1 + 0.25 * 8


def test_upload_keeps_photos_out_of_the_gateway() -> None:
    uploaded = made(hits=0.5, way=Way.UPLOAD, image_bytes=4_000_000)
    assert uploaded.gateway == 1.5
    assert uploaded.s3 == pytest.approx(0.5 * (2 * 0.40 + 5.00))


def test_only_misses_write() -> None:
    assert made(hits=1.0).table_writes == 0


def test_stored_as_it_comes_an_answer_costs_its_whole_size_to_write() -> None:
    stored = answer_bytes(Kind.HANDWRITTEN) + ITEM_OVERHEAD_BYTES
    theirs = made(hits=0.0, kind=Kind.HANDWRITTEN)
    assert theirs.table_writes == math.ceil(stored / 1024) * 0.625


def test_ours_is_stored_compressed_and_counted() -> None:
    stored = answer_bytes(Kind.OURS) + ITEM_OVERHEAD_BYTES
    assert made(hits=0.0).table_writes == pytest.approx((math.ceil(stored / 1024) + 2.1) * 0.625)


def test_without_a_cache_every_search_is_the_vendors() -> None:
    passed_on = made(hits=0.9, kind=Kind.PASS_THROUGH)
    assert passed_on.out_to_vendor == pytest.approx(90)
    assert passed_on.table_writes == passed_on.table_reads == passed_on.table_storage == 0


def test_bytes_inside_the_region_are_free() -> None:
    assert made(vendor_is_outside=False).out_to_vendor == 0


def test_total_is_the_sum_of_the_lines() -> None:
    assert Bill(1, 2, 3, 4, 5, 6, 7, 8, 9, 10).total == 55


def test_a_ratio_is_no_percentage() -> None:
    with pytest.raises(ValueError, match="hits is a share"):
        Workload(hits=60)
