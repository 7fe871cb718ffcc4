"""The calculator's arithmetic, on round figures."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from benchmarks.cost.bill import (
    ITEM_OVERHEAD_BYTES,
    TO_UPSTREAM,
    answer_bytes,
    bill,
    searches,
    total,
)
from benchmarks.cost.workload import Kind, Way, Workload

_CPU = {"ours": 2.0, "handwritten": 20.0}
MEDIANS = {
    "hit: GET by hash": _CPU,
    **{
        f"{case}, {size}": _CPU
        for case in ("hit: raw", "hit: JSON base64", "miss: raw")
        for size in ("100 KB", "1 MB", "4 MB")
    },
}
WHOLE_PROCESSOR = Workload(memory_mb=1769)


def made(**changes: object) -> dict[str, float]:
    return bill(replace(WHOLE_PROCESSOR, **changes), MEDIANS)  # type: ignore[arg-type]


def test_hit_is_billed_for_its_work_and_one_look_up() -> None:
    assert WHOLE_PROCESSOR.hit_ms(MEDIANS) == 2 + 4


def test_miss_is_billed_for_its_work_five_calls_and_upstream() -> None:
    assert WHOLE_PROCESSOR.miss_ms(MEDIANS) == 2 + 5 * 4 + 800


def test_half_a_processor_takes_twice_as_long() -> None:
    assert replace(WHOLE_PROCESSOR, memory_mb=1769 // 2).hit_ms(MEDIANS) == pytest.approx(8, 0.01)


def test_more_than_a_processor_is_no_faster() -> None:
    assert replace(WHOLE_PROCESSOR, memory_mb=3008).hit_ms(MEDIANS) == 2 + 4


def test_sizes_between_those_measured_lie_on_a_line() -> None:
    medians = {**MEDIANS, "hit: raw, 4 MB": {"ours": 8.0, "handwritten": 0.0}}
    workload = replace(WHOLE_PROCESSOR, image_bytes=2_500_000)
    assert workload.hit_ms(medians) == pytest.approx(5 + 4)


def test_lambda_is_paid_by_time_and_memory() -> None:
    only_hits = made(hits=1.0)
    assert only_hits["Lambda, time"] == pytest.approx(6e-3 * 1769 / 1024 * 13.3334)
    assert only_hits["Lambda, requests"] == 0.20


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
    assert made(image_bytes=image_bytes, way=way)["HTTP API"] == dollars


def test_hash_first_sends_the_photo_for_misses_only() -> None:
    assert made(hits=0.75, way=Way.HASH_FIRST, image_bytes=4_000_000)["HTTP API"] == 1 + 0.25 * 8


def test_upload_keeps_photos_out_of_the_gateway() -> None:
    uploaded = made(hits=0.5, way=Way.UPLOAD, image_bytes=4_000_000)
    assert uploaded["HTTP API"] == 1.5
    assert uploaded["S3"] == pytest.approx(0.5 * (2 * 0.40 + 5.00))


def test_only_misses_write() -> None:
    assert made(hits=1.0)["DynamoDB, writes"] == 0


def test_stored_as_it_comes_an_answer_costs_its_whole_size_to_write() -> None:
    stored = answer_bytes(Kind.HANDWRITTEN) + ITEM_OVERHEAD_BYTES
    theirs = made(hits=0.0, kind=Kind.HANDWRITTEN)
    assert theirs["DynamoDB, writes"] == math.ceil(stored / 1024) * 0.625


def test_ours_is_stored_compressed_and_counted() -> None:
    stored = answer_bytes(Kind.OURS) + ITEM_OVERHEAD_BYTES
    assert made(hits=0.0)["DynamoDB, writes"] == pytest.approx(
        (math.ceil(stored / 1024) + 3.1) * 0.625
    )


@pytest.mark.parametrize("way", [Way.HASH_FIRST, Way.UPLOAD])
def test_asking_by_name_for_an_unknown_photo_writes_quota_and_ticket(way: Way) -> None:
    beyond = made(hits=0.5, way=way)["DynamoDB, writes"] - made(hits=0.5)["DynamoDB, writes"]
    assert beyond == pytest.approx(0.5 * 2 * 0.625)


def test_without_a_cache_every_search_is_upstreams() -> None:
    passed_on = made(hits=0.9, kind=Kind.PASS_THROUGH)
    assert passed_on[TO_UPSTREAM] == pytest.approx(90)
    assert (
        passed_on["DynamoDB, writes"]
        == passed_on["DynamoDB, reads"]
        == passed_on["DynamoDB, storage"]
        == 0
    )


def test_the_total_leaves_out_the_bytes_to_upstream() -> None:
    lines = made()
    charged = sum(dollars for name, dollars in lines.items() if name != TO_UPSTREAM)
    assert total(WHOLE_PROCESSOR, MEDIANS) == pytest.approx(charged)


def test_a_ratio_is_no_percentage() -> None:
    with pytest.raises(ValueError, match="hits is a share"):
        Workload(hits=60)


def test_a_search_that_the_cache_answers_is_not_paid_for() -> None:
    assert searches(replace(WHOLE_PROCESSOR, hits=0.75), price=0.002) == {
        "searches, to upstream": pytest.approx(500),
        "spared by the cache": pytest.approx(1500),
    }


def test_without_a_cache_every_search_is_paid_for() -> None:
    passed_on = replace(WHOLE_PROCESSOR, kind=Kind.PASS_THROUGH)
    assert searches(passed_on, price=0.002) == {
        "searches, to upstream": pytest.approx(2000),
        "spared by the cache": 0,
    }


def test_logs_are_our_line_lambdas_and_the_gateways() -> None:
    assert made()["logs"] == pytest.approx(0.85)
