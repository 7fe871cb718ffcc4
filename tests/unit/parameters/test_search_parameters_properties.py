"""What must hold for any parameters: they arrive as sent, and share an answer only if they may."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_search.errors import InvalidParameters
from image_search.parameters import query_string
from image_search.parameters.fmt_options import FmtOptions
from image_search.parameters.search_parameters import SearchParameters
from image_search.settings import PRIVILEGED_FMT_OPTIONS
from stand_in import read_query

MAX_TEXT = 40


def text(min_size=1, max_size=MAX_TEXT):
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=min_size, max_size=max_size)


def single(name, values):
    return values.map(lambda value: [(name, value)])


def repeated(name, values, max_size):
    return st.lists(values, max_size=max_size).map(lambda given: [(name, v) for v in given])


def option(name):
    return f"fmt_options[{name}]"


booleans = st.sampled_from(["true", "false"])
integers = st.integers(-(10**9), 10**9).map(str)
facets = text().filter(lambda name: not set("[]") & set(name))
scalars = st.one_of(st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9), text(0))
leaves = st.one_of(
    st.fixed_dictionaries({"field": text(), "value": scalars}),
    st.fixed_dictionaries(
        {"field": text(), "range": st.tuples(st.integers() | st.just("-inf"), st.just("inf"))}
    ),
)
filters = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"and": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"or": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=4,
)
aggregations = st.one_of(
    st.fixed_dictionaries(
        {
            "aggregation": st.sampled_from(
                ["first", "all", "distinct", "min", "max", "field_count"]
            ),
            "field": text(),
        }
    ),
    st.just({"aggregation": "count"}),
    st.fixed_dictionaries(
        {"aggregation": st.just("value_count"), "field": text(), "value": scalars}
    ),
)
variations_maps = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["array", "object"]),
        "values": st.dictionaries(text(), aggregations, max_size=2),
    },
    optional={
        "filter_by": filters,
        "group_by": st.lists(
            st.fixed_dictionaries(
                {"name": st.from_regex(r"[a-z]+( [a-z]+)*", fullmatch=True), "field": text()}
            ),
            max_size=5,
        ),
    },
).flatmap(lambda value: st.sampled_from([json.dumps(value), json.dumps(value, indent=1)]))

parameters = st.tuples(
    *(
        st.just([]) | given
        for given in (
            single("section", text(max_size=100)),
            single("search_crop_type", st.sampled_from(["bbox", "segment"])),
            single("use_segmentation", booleans),
            single("return_segments", booleans),
            single("variations_map", variations_maps),
            repeated("us", text(), 4),
            single("i", text(0)),
            single("s", st.integers(1, 10**17).map(str)),
            single("ui", text(0)),
            repeated(option("fields"), text(), 20),
            repeated(option("hidden_fields"), text(), 30),
            repeated(option("hidden_facets"), text(), 50),
            repeated(option("hidden_sort_options"), text(), 25),
            *(
                single(option(name), booleans)
                for name in (
                    "show_hidden_fields",
                    "show_hidden_facets",
                    "show_hidden_facet_options",
                    "show_protected_facets",
                    "show_hidden_sort_options",
                )
            ),
            single(
                option("variations_return_type"), st.sampled_from(["default", "all", "matched"])
            ),
            single(option("groups_max_depth"), integers),
            single(option("groups_start"), st.sampled_from(["current", "top", "group_id:a,b c"])),
            single(
                option("groups_sort_by"), st.sampled_from(["relevance", "value", "num_matches"])
            ),
            single(option("groups_sort_order"), st.sampled_from(["ascending", "descending"])),
            single(option("facet_groups_limit"), st.integers(0, 10**9).map(str)),
            facets.flatmap(lambda name: repeated(option(f"facet_options][{name}"), text(), 15)),
        )
    )
).map(lambda groups: tuple(pair for group in groups for pair in group))


def parse(pairs):
    return SearchParameters.parse(query_string.encode(pairs), PRIVILEGED_FMT_OPTIONS)


@given(parameters)
def test_what_arrives_is_what_was_sent(pairs):
    arrived = query_string.parse(query_string.encode(parse(pairs).pairs()))
    key = ("key", "k")
    assert sorted(arrived) == sorted(pairs)
    assert read_query([key, *arrived]) == read_query([key, *pairs])


@given(parameters, st.randoms())
def test_order_among_different_names_means_nothing(pairs, chance):
    names = [name for name, _ in pairs]
    chance.shuffle(names)
    queues = {name: [pair for pair in pairs if pair[0] == name] for name in names}
    shuffled = [queues[name].pop(0) for name in names]
    assert parse(shuffled).canonical_pairs() == parse(pairs).canonical_pairs()


@given(parameters)
def test_order_within_a_set_means_nothing(pairs):
    turned = list(reversed(pairs))
    assert parse(turned).canonical_pairs() == parse(pairs).canonical_pairs()


@given(parameters)
def test_the_canonical_form_is_its_own_canonical_form(pairs):
    canonical = parse(pairs).canonical_pairs()
    assert parse(canonical).canonical_pairs() == canonical


SETS = ("fields", "hidden_fields", "hidden_facets", "hidden_sort_options")


def meaning(pairs):
    """As upstream reads it: sets as sets, defaults filled in, without what has no effect."""
    read = read_query([("key", "k"), *pairs]).model_dump()
    options = read["fmt_options"]
    options.update({name: frozenset(options[name] or ()) for name in SETS})
    facets = options["facet_options"] or {}
    options["facet_options"] = {name: frozenset(values) for name, values in facets.items()}
    read["us"] = frozenset(read["us"])
    if not read["use_segmentation"]:
        read["search_crop_type"] = read["return_segments"] = None
    return read


@given(parameters.filter(bool), st.data())
def test_only_requests_that_mean_the_same_to_upstream_share_an_answer(pairs, data):
    without = data.draw(st.sampled_from(range(len(pairs))))
    other = pairs[:without] + pairs[without + 1 :]
    same_key = parse(pairs).canonical_pairs() == parse(other).canonical_pairs()
    assert not same_key or meaning(pairs) == meaning(other)


@given(st.text(max_size=200) | st.text("usi=&[]%+fmt_options0", max_size=60))
def test_any_query_is_taken_or_refused(raw_query):
    with suppress(InvalidParameters):
        query_string.encode(SearchParameters.parse(raw_query).pairs())


CHANGES = {
    "section": "Collections",
    "use_segmentation": "true",
    "variations_map": '{"dtype":"array","values":{}}',
    "us": "vip",
    "site": "uk",
    option("fields"): "price",
    option("hidden_fields"): "margin",
    option("hidden_facets"): "store",
    option("hidden_sort_options"): "rating",
    option("show_hidden_fields"): "true",
    option("show_hidden_facets"): "true",
    option("show_hidden_facet_options"): "true",
    option("show_protected_facets"): "true",
    option("show_hidden_sort_options"): "true",
    option("variations_return_type"): "all",
    option("groups_max_depth"): "2",
    option("groups_start"): "top",
    option("groups_sort_by"): "value",
    option("groups_sort_order"): "ascending",
    option("facet_groups_limit"): "3",
    option("facet_options") + "[color]": "red",
    "i": "device",
    "s": "2",
    "ui": "user",
}
WITH_SEGMENTATION = {"search_crop_type": "segment", "return_segments": "true"}


@pytest.mark.parametrize("name", CHANGES)
def test_each_parameter_that_changes_results_is_another_answer(name):
    assert parse([(name, CHANGES[name])]).canonical_pairs() != parse([]).canonical_pairs()


@pytest.mark.parametrize("name", WITH_SEGMENTATION)
def test_each_parameter_of_segmentation_is_another_answer_with_it(name):
    on = ("use_segmentation", "true")
    changed = parse([on, (name, WITH_SEGMENTATION[name])])
    assert changed.canonical_pairs() != parse([on]).canonical_pairs()


def test_the_table_above_has_every_parameter():
    top = set(SearchParameters.model_fields) - {"fmt_options"}
    options = {option(name) for name in FmtOptions.model_fields} - {option("facet_options")}
    known = {*CHANGES, *WITH_SEGMENTATION}
    assert top | options | {option("facet_options") + "[color]"} == known
