import json
from urllib.parse import quote

import pytest

from image_search.errors import InvalidParameters
from image_search.parameters import query_string
from image_search.parameters.search_parameters import SearchParameters
from image_search.settings import PRIVILEGED_FMT_OPTIONS

MAP = '{"dtype":"array","values":{"price":{"aggregation":"min","field":"data.price"}}}'


PRIVILEGED_OF_FLAGS = {name for name in PRIVILEGED_FMT_OPTIONS if name.startswith("show_")}


def parse(raw_query, allowed=()):
    return SearchParameters.parse(raw_query, allowed)


def problems(raw_query):
    with pytest.raises(InvalidParameters) as caught:
        parse(raw_query)
    return [(problem.code, problem.source) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "name",
    [
        "key=evil",
        "c=cio-js-1",
        "_dt=1700000000000",
        "_=1700000000000",
        "key=a&key=b",
        "ef-ranking=b",
        "ef-=",
        "ef-a&ef-a=2",
        "ef-a[b=1",
    ],
)
def test_the_proxys_own_parameters_are_dropped(name):
    assert parse(name).pairs() == ()
    assert parse(f"{name}&section=A").pairs() == (("section", "A"),)


def test_the_site_is_not_sent_on_and_yet_keeps_answers_apart():
    parameters = parse("site=shop&section=A")
    assert (parameters.site, parameters.pairs()) == ("shop", (("section", "A"),))
    assert parameters.canonical_pairs() == (("section", "A"), ("site", "shop"))


def test_every_documented_parameter_is_sent_on_as_it_was_given():
    pairs = (
        ("section", "Products"),
        ("search_crop_type", "segment"),
        ("use_segmentation", "true"),
        ("return_segments", "false"),
        ("variations_map", MAP),
        ("fmt_options[fields]", "price"),
        ("fmt_options[fields]", "brand"),
        ("fmt_options[groups_max_depth]", "3"),
        ("fmt_options[groups_start]", "group_id:jeans"),
        ("fmt_options[groups_sort_by]", "num_matches"),
        ("fmt_options[groups_sort_order]", "ascending"),
        ("fmt_options[variations_return_type]", "matched"),
        ("fmt_options[facet_options][color]", "red"),
        ("fmt_options[facet_options][color]", "blue"),
        ("fmt_options[facet_groups_limit]", "0"),
        ("us", "a,b"),
        ("us", "c"),
        ("i", "device-1"),
        ("s", "3"),
        ("ui", "user+1"),
    )
    assert sorted(parse(query_string.encode(pairs)).pairs()) == sorted(pairs)


def test_lists_keep_their_order_on_the_way_upstream():
    assert parse("us=b&us=a&us=b").pairs() == (("us", "b"), ("us", "a"), ("us", "b"))


@pytest.mark.parametrize(
    ("raw_query", "source"),
    [
        ("section=", "section"),
        ("section=" + "x" * 101, "section"),
        ("section=a&section=b", "section"),
        ("search_crop_type=circle", "search_crop_type"),
        ("use_segmentation=1", "use_segmentation"),
        ("return_segments=True", "return_segments"),
        ("us=", "us"),
        ("s=0", "s"),
        ("s=-1", "s"),
        ("s=1.5", "s"),
        ("s=1_0", "s"),
        ("s=%201", "s"),
        ("s=" + "9" * 5000, "s"),
        ("s=%D9%A1", "s"),
        ("variations_map=", "variations_map"),
        ("variations_map=x", "variations_map"),
        ("fmt_options[fields]=", "fmt_options[fields]"),
        ("fmt_options[fields]=" + "x" * 301, "fmt_options[fields]"),
        ("&".join(["fmt_options[fields]=x"] * 21), "fmt_options[fields]"),
        ("fmt_options[hidden_fields]=" + "x" * 301, "fmt_options[hidden_fields]"),
        ("&".join(["fmt_options[hidden_fields]=x"] * 31), "fmt_options[hidden_fields]"),
        ("fmt_options[hidden_facets]=" + "x" * 101, "fmt_options[hidden_facets]"),
        ("&".join(["fmt_options[hidden_facets]=x"] * 51), "fmt_options[hidden_facets]"),
        ("fmt_options[hidden_sort_options]=" + "x" * 101, "fmt_options[hidden_sort_options]"),
        ("&".join(["fmt_options[hidden_sort_options]=x"] * 26), "fmt_options[hidden_sort_options]"),
        ("fmt_options[variations_return_type]=some", "fmt_options[variations_return_type]"),
        ("fmt_options[groups_max_depth]=deep", "fmt_options[groups_max_depth]"),
        ("fmt_options[groups_start]=bottom", "fmt_options[groups_start]"),
        ("fmt_options[groups_start]=group_id:", "fmt_options[groups_start]"),
        ("fmt_options[groups_sort_by]=price", "fmt_options[groups_sort_by]"),
        ("fmt_options[groups_sort_order]=up", "fmt_options[groups_sort_order]"),
        ("fmt_options[facet_groups_limit]=-1", "fmt_options[facet_groups_limit]"),
        ("fmt_options[show_hidden_facets]=yes", "fmt_options[show_hidden_facets]"),
        ("fmt_options[facet_options][color]=", "fmt_options[facet_options][color]"),
        ("fmt_options[facet_options][color]=" + "x" * 101, "fmt_options[facet_options][color]"),
        (
            "&".join(["fmt_options[facet_options][color]=x"] * 16),
            "fmt_options[facet_options][color]",
        ),
        (
            "&".join(f"fmt_options[facet_options][{name}]=x" for name in "abcdef"),
            "fmt_options[facet_options]",
        ),
    ],
)
def test_a_value_outside_upstreams_limits_is_named(raw_query, source):
    assert problems(raw_query) == [("invalid_parameter", source)]


@pytest.mark.parametrize(
    "name",
    [
        "page",
        "Section",
        "us[a]",
        "us[-1]",
        "us[01]",
        "us[10000]",
        "us[0][0]",
        "us[][0]",
        "us[",
        "fmt_options",
        "fmt_options[]",
        "fmt_options[colour]",
        "fmt_options[fields][a]",
        "fmt_options[facet_options]",
        "fmt_options[facet_options][]",
        "section[]",
        "section[0]",
        "fmt_options[groups_start][]",
        "variations_map[dtype]",
        "fmt_options[facet_options][a][b]",
        "section[a]",
    ],
)
def test_an_unknown_name_is_refused(name):
    assert problems(f"{quote(name)}=1") == [("unknown_parameter", name)]


def test_all_problems_are_reported_at_once():
    assert problems("nope=1&s=0&section=") == [
        ("unknown_parameter", "nope"),
        ("invalid_parameter", "section"),
        ("invalid_parameter", "s"),
    ]


@pytest.mark.parametrize("name", sorted(PRIVILEGED_FMT_OPTIONS))
def test_a_privileged_option_is_refused_with_403(name):
    with pytest.raises(InvalidParameters) as caught:
        parse(f"fmt_options[{name}]=true")
    (problem,) = caught.value.problems
    assert (caught.value.status, problem.code, problem.source) == (
        403,
        "parameter_not_allowed",
        f"fmt_options[{name}]",
    )


@pytest.mark.parametrize("name", sorted(PRIVILEGED_FMT_OPTIONS))
def test_a_privileged_option_passes_where_the_deployment_allows_it(name):
    pairs = ((f"fmt_options[{name}]", "true"),)
    assert parse(query_string.encode(pairs), allowed={name}).pairs() == pairs


def test_a_privileged_option_that_asks_for_nothing_passes():
    pairs = (("fmt_options[show_hidden_facets]", "false"),)
    assert parse(query_string.encode(pairs)).pairs() == pairs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", "section=Products"),
        ("", "use_segmentation=false"),
        ("", "fmt_options[groups_max_depth]=1&fmt_options[groups_start]=current"),
        ("", "fmt_options[show_hidden_fields]=false"),
        ("", "search_crop_type=segment&return_segments=true"),
        ("us=a&us=b", "us=b&us=a&us=a"),
        ("section=A&us=b", "us=b&section=A"),
        (
            "fmt_options[fields]=a&fmt_options[fields]=b",
            "fmt_options[fields]=b&fmt_options[fields]=a",
        ),
        (
            "fmt_options[facet_options][c]=a&fmt_options[facet_options][c]=b",
            "fmt_options%5Bfacet_options%5D%5Bc%5D=b&fmt_options[facet_options][c]=a",
        ),
        (
            'variations_map={"values":{},"dtype":"array"}',
            'variations_map={ "dtype": "array", "values": {} }',
        ),
        ("s=7", "s=007"),
    ],
)
def test_requests_that_mean_the_same_are_one(one, other):
    assert parse(one).canonical_pairs() == parse(other).canonical_pairs()


def test_the_canonical_query_is_its_own_canonical_query():
    raw = query_string.encode((("variations_map", MAP), ("us", "b"), ("us", "a"), ("section", "X")))
    canonical = parse(raw).canonical_pairs()
    assert parse(query_string.encode(canonical)).canonical_pairs() == canonical


def test_identity_is_what_names_the_end_user():
    parameters = parse("i=d&s=2&ui=u&us=a")
    assert parameters.identity() == (("i", "d"), ("s", "2"), ("ui", "u"))


def test_without_identity_nothing_names_the_end_user():
    assert parse("i=d&s=2&ui=u&us=a").without_identity().pairs() == (("us", "a"),)


def test_a_variations_map_is_sent_on_to_the_letter():
    text = json.dumps(json.loads(MAP), indent=1)
    assert parse(f"variations_map={quote(text)}").pairs() == (("variations_map", text),)


@pytest.mark.parametrize(
    ("raw_query", "message"),
    [
        ("page=1", "This parameter is unknown."),
        ("section=a&section=b", "Value should be given only once"),
        ("use_segmentation=1", "Value should be true or false"),
        ("s=x", "Value should be an integer of at most 18 digits"),
        ("s=0", "Input should be greater than or equal to 1"),
        ("variations_map={}", "values: Field required"),
        ("fmt_options[show_hidden_facets]=true", "This deployment does not allow {source}."),
    ],
)
def test_a_problem_says_what_is_wrong(raw_query, message):
    with pytest.raises(InvalidParameters) as refused:
        parse(raw_query)
    (problem,) = refused.value.problems
    assert problem.message == message.format(source=problem.source)


def test_all_privileged_options_that_are_not_allowed_are_named_in_order():
    asked = "&".join(f"fmt_options[{name}]=true" for name in sorted(PRIVILEGED_OF_FLAGS)[::-1])
    with pytest.raises(InvalidParameters) as refused:
        parse(asked, allowed={"show_hidden_facets"})
    assert [problem.source for problem in refused.value.problems] == [
        "fmt_options[show_hidden_facet_options]",
        "fmt_options[show_hidden_fields]",
        "fmt_options[show_hidden_sort_options]",
        "fmt_options[show_protected_facets]",
    ]


@pytest.mark.parametrize(
    ("raw_query", "identity"),
    [("", ()), ("i=d", (("i", "d"),)), ("ui=&us=a", (("ui", ""),)), ("s=7", (("s", "7"),))],
)
def test_who_is_not_named_is_no_part_of_the_identity(raw_query, identity):
    assert parse(raw_query).identity() == identity


def test_without_identity_everything_else_stays():
    raw_query = f"section=A&us=a&site=shop&fmt_options[fields]=x&variations_map={quote(MAP)}"
    assert parse(f"{raw_query}&i=d&s=2&ui=u").without_identity() == parse(raw_query)


@pytest.mark.parametrize(
    ("raw_query", "canonical"),
    [
        ("", ()),
        ("return_segments=true&search_crop_type=segment", ()),
        ("use_segmentation=true", (("use_segmentation", "true"),)),
        (
            "use_segmentation=true&search_crop_type=segment&return_segments=true",
            (
                ("return_segments", "true"),
                ("search_crop_type", "segment"),
                ("use_segmentation", "true"),
            ),
        ),
        ("us=b&us=a&us=b&section=Products", (("us", "a"), ("us", "b"))),
        (
            'variations_map={ "values": {}, "dtype": "array" }',
            (("variations_map", '{"dtype":"array","values":{}}'),),
        ),
    ],
)
def test_the_canonical_query_is_what_makes_a_difference(raw_query, canonical):
    assert parse(raw_query).canonical_pairs() == canonical


@pytest.mark.parametrize("raw_query", ["section=" + "x" * 100, "section=x", "s=1", "us=x"])
def test_a_value_at_upstreams_limit_passes(raw_query):
    assert query_string.encode(parse(raw_query).pairs()) == raw_query


def test_a_parameter_after_one_that_is_wrong_is_looked_at_as_well():
    assert problems("page=1&us=&fmt_options[fields]=&section=a&section=b&nope=1") == [
        ("unknown_parameter", "page"),
        ("invalid_parameter", "section"),
        ("unknown_parameter", "nope"),
        ("invalid_parameter", "fmt_options[fields]"),
        ("invalid_parameter", "us"),
    ]


@pytest.mark.parametrize(
    "raw_query",
    [
        "us[]=a&us[]=b",  # axios, Rails, qs with arrayFormat: "brackets"
        "us%5B%5D=a&us%5B%5D=b",
        "us[0]=a&us[1]=b",  # axios with indexes: true, PHP's http_build_query, qs by default
        "us%5B1%5D=b&us%5B0%5D=a",
        "us=a&us[]=b",
        "us[9999]=a&us[]=b",
    ],
)
def test_a_list_may_have_brackets_or_indices(raw_query):
    assert parse(raw_query).canonical_pairs() == (("us", "a"), ("us", "b"))


@pytest.mark.parametrize("suffixes", [("", ""), ("[]", "[]"), ("[0]", "[1]"), ("[]", "")])
@pytest.mark.parametrize("name", ["fmt_options[fields]", "fmt_options[facet_options][color]"])
def test_a_list_within_fmt_options_may_have_them_too(name, suffixes):
    raw_query = "&".join(
        f"{name}{suffix}={value}" for suffix, value in zip(suffixes, "ab", strict=True)
    )
    assert parse(raw_query).pairs() == ((name, "a"), (name, "b"))


def test_a_facet_may_be_called_by_a_number():
    assert parse("fmt_options[facet_options][0]=red").pairs() == (
        ("fmt_options[facet_options][0]", "red"),
    )


@pytest.mark.parametrize("name", ["us[0]", "fmt_options[fields][7]"])
def test_a_place_in_a_list_is_given_once(name):
    assert problems(f"{name}=a&{name}=b") == [("invalid_parameter", name)]


def test_a_lists_limit_counts_every_spelling():
    spelled = "&".join(
        ["fmt_options[fields]=x", "fmt_options[fields][]=x", "fmt_options[fields][3]=x"]
    )
    more = "&".join(["fmt_options[fields][]=x"] * 18)
    assert problems(f"{spelled}&{more}") == [("invalid_parameter", "fmt_options[fields]")]


@pytest.mark.parametrize("suffix", ["[]", "[0]"])
def test_a_privileged_option_in_brackets_is_privileged(suffix):
    with pytest.raises(InvalidParameters) as caught:
        parse(f"fmt_options[hidden_fields]{suffix}=margin")
    assert [problem.code for problem in caught.value.problems] == ["parameter_not_allowed"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("us[", "This parameter is unknown: its brackets do not pair up, or are empty."),
        ("us[][]", "This parameter is unknown: its brackets do not pair up, or are empty."),
        (
            "variations_map[dtype]",
            "This parameter is unknown: variations_map is one JSON text, without brackets.",
        ),
        ("section[]", "This parameter is unknown: section is one value, without brackets."),
        ("page", "This parameter is unknown."),
        ("fmt_options[colour]", "This parameter is unknown."),
    ],
)
def test_what_is_wrong_with_a_name_is_said(name, message):
    with pytest.raises(InvalidParameters) as caught:
        parse(f"{name}=1")
    assert [problem.message for problem in caught.value.problems] == [message]
