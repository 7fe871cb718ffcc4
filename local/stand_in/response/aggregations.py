"""What a `variations_map` makes of an item's variations."""

from collections.abc import Iterable, Sequence
from typing import Any

from stand_in.request.variation_filters import Record, look_up
from stand_in.request.variations_map import (
    Aggregation,
    CountAggregation,
    ValueCountAggregation,
    VariationsMap,
)

Group = tuple[tuple[Any, ...], list[Record]]


def map_variations(wanted: VariationsMap, variations: Iterable[Record]) -> Any:
    """A list with one object for each group, or objects nested by the groups' values."""
    kept = [
        record
        for record in variations
        if wanted.filter_by is None or wanted.filter_by.holds(record)
    ]
    groups = _grouped(wanted, kept)
    if wanted.dtype == "array":
        return [_flat(wanted, group) for group in groups]
    return _nested(wanted, groups)


def _grouped(wanted: VariationsMap, records: list[Record]) -> list[Group]:
    groups: dict[str, Group] = {}
    for record in records:
        values = tuple(look_up(record, grouping.field) for grouping in wanted.group_by)
        # By its text: a value may be a list, which cannot be a key itself.
        groups.setdefault(repr(values), (values, []))[1].append(record)
    return list(groups.values())


def _flat(wanted: VariationsMap, group: Group) -> dict[str, Any]:
    names = [grouping.name for grouping in wanted.group_by]
    return {**dict(zip(names, group[0], strict=True)), **_summed(wanted, group[1])}


def _nested(wanted: VariationsMap, groups: list[Group]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for values, records in groups:
        branch = tree
        for value in values:
            branch = branch.setdefault(str(value), {})
        branch.update(_summed(wanted, records))
    return tree


def _summed(wanted: VariationsMap, records: Sequence[Record]) -> dict[str, Any]:
    return {name: _aggregate(how, records) for name, how in wanted.values.items()}


def _aggregate(how: Aggregation, records: Sequence[Record]) -> Any:
    if isinstance(how, CountAggregation):
        return len(records)
    found = [value for record in records if (value := look_up(record, how.field)) is not None]
    if isinstance(how, ValueCountAggregation):
        return sum(value == how.value for value in found)
    return _of_values(how.aggregation, found)


def _of_values(name: str, found: list[Any]) -> Any:
    if name == "all":
        return found
    if name == "distinct":
        return [value for place, value in enumerate(found) if value not in found[:place]]
    if name == "field_count":
        return len(found)
    if name == "first":
        return found[0] if found else None
    numbers = [value for value in found if isinstance(value, int | float)]
    if not numbers:
        return None
    return min(numbers) if name == "min" else max(numbers)
