"""The examples of AWS's documentation.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import pytest

from metering.call import Call, NotMetered
from metering.units import Units, read_units, units, write_units

KB = 1024


def item(size):
    """An item of as many bytes."""
    return {"pk": {"S": "k"}, "b": {"B": b"x" * (size - 4)}}


def call(operation, **request):
    return Call(operation, request)


@pytest.mark.parametrize(
    ("size", "eventually", "consistent", "transactional"),
    [
        (0, 0.5, 1, 2),
        (1, 0.5, 1, 2),
        (3500, 0.5, 1, 2),
        (4 * KB, 0.5, 1, 2),
        (4 * KB + 1, 1, 2, 4),
        (8 * KB, 1, 2, 4),
        (10 * KB, 1.5, 3, 6),
    ],
)
def test_reads_are_charged_by_4_kb(size, eventually, consistent, transactional):
    assert (
        read_units(size),
        read_units(size, consistent=True),
        read_units(size, transactional=True),
    ) == (eventually, consistent, transactional)


@pytest.mark.parametrize(
    ("size", "plain", "transactional"), [(0, 1, 2), (500, 1, 2), (KB, 1, 2), (1.5 * KB, 2, 4)]
)
def test_writes_are_charged_by_1_kb(size, plain, transactional):
    assert (write_units(size), write_units(size, transactional=True)) == (plain, transactional)


def test_a_read_is_charged_by_what_it_finds():
    found = units(call("GetItem", ConsistentRead=True), item(9_000), None)
    assert found == Units(read=3)


def test_a_read_is_eventually_consistent_unless_it_says_otherwise():
    assert units(call("GetItem"), item(9_000), None) == Units(read=1.5)


def test_a_read_of_nothing_costs_the_least():
    assert units(call("GetItem"), None, None) == Units(read=0.5)


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem"])
@pytest.mark.parametrize(
    ("before", "after", "charged"), [(None, 9_000, 9), (9_000, 100, 9), (100, 9_000, 9)]
)
def test_a_write_is_charged_by_the_larger_item(operation, before, after, charged):
    found = units(call(operation), before and item(before), item(after))
    assert found == Units(write=charged)


def test_a_condition_that_fails_is_charged_by_what_is_there():
    """AWS's example: 300 units for an item of 300 KB that was to become one of 310 KB."""
    there = item(300 * KB)
    assert units(call("PutItem"), there, there) == Units(write=300)


def test_a_condition_that_fails_on_nothing_costs_the_least():
    assert units(call("UpdateItem"), None, None) == Units(write=1)


def test_a_delete_is_charged_by_what_it_deletes():
    assert units(call("DeleteItem"), item(9_000), None) == Units(write=9)


def test_a_delete_of_nothing_costs_the_least():
    assert units(call("DeleteItem"), None, None) == Units(write=1)


def test_a_call_without_a_rule_is_not_free():
    with pytest.raises(NotMetered, match="TransactWriteItems"):
        Call.metered("TransactWriteItems", {})


def test_what_is_not_charged_by_units_is_no_call_of_the_meters():
    assert Call.metered("CreateTable", {}) is None
