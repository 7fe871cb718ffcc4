"""The rules of AWS's documentation, and sizes that Amazon's DynamoDB Local was seen to charge for.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
`make check-dynamodb` compares many more.
"""

import pytest

from metering.item_size import Item, item_size, value_size


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "é"}, 2),
        ({"B": b"\x00\x01\x02"}, 3),
        ({"B": "AAEC"}, 3),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "a"}, {"N": "1"}]}, 3 + (1 + 1) + (2 + 1)),
        ({"M": {}}, 3),
        ({"M": {"k": {"S": "a"}, "kk": {"L": [{"BOOL": True}]}}}, 3 + 3 + (2 + 3 + 2 + 1)),
        ({"SS": ["a", "bb"]}, 3),
        ({"NS": ["1", "123"]}, 2 + 3),
        ({"BS": [b"a", "YmI="]}, 3),
    ],
)
def test_size_of_a_value(value, size):
    assert value_size(value) == size


@pytest.mark.parametrize(
    ("number", "size"),
    [
        ("0", 1),
        ("0.000", 1),
        ("1", 2),
        ("-1", 3),
        ("12", 2),
        ("123", 3),
        ("-1234", 4),
        ("10", 2),
        ("10000", 2),
        ("00100", 2),
        ("120", 3),
        ("12e5", 3),
        ("1e20", 2),
        ("0.1", 2),
        ("0.10", 2),
        ("0.001", 2),
        ("1.2", 3),
        ("-0.01", 3),
        ("1.5e-10", 3),
        ("1732712345678", 8),
        ("9" * 38, 20),
    ],
)
def test_size_of_a_number(number, size):
    assert value_size({"N": number}) == size


def test_an_item_is_its_names_and_values():
    item: Item = {"pk": {"S": "key"}, "ü": {"N": "12"}, "body": {"B": b"x" * 100}}
    assert item_size(item) == (2 + 3) + (2 + 2) + (4 + 100)


def test_no_item_has_no_size():
    assert item_size(None) == 0


def test_a_type_that_there_is_not_is_no_size():
    with pytest.raises(ValueError, match="no type X"):
        value_size({"X": "1"})
