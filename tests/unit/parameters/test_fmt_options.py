import pytest
from pydantic import ValidationError

from image_search.parameters.fmt_options import FmtOptions, boolean, integer


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_a_flag_is_true_or_false(text, value):
    assert boolean(text) is value


@pytest.mark.parametrize("text", ["True", "FALSE", "1", "0", "", "yes", " true"])
def test_another_spelling_of_a_flag_is_refused(text):
    with pytest.raises(ValueError, match=r"^Value should be true or false$"):
        boolean(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("007", 7),
        ("-1", -1),
        ("9" * 18, 10**18 - 1),
        ("-" + "9" * 18, 1 - 10**18),
    ],
)
def test_an_integer_is_up_to_18_digits_with_an_optional_sign(text, value):
    assert integer(text) == value


@pytest.mark.parametrize(
    "text", ["", "-", "--1", "1-", "+1", " 1", "1.0", "1_0", "٣", "²", "9" * 19]
)
def test_any_other_text_is_no_integer(text):
    with pytest.raises(ValueError, match=r"^Value should be an integer of at most 18 digits$"):
        integer(text)


def test_a_default_is_given_as_what_upstream_takes_it_for():
    """The cache key leaves defaults out: a wrong one would give one client another's answer."""
    assert FmtOptions().model_dump(exclude_none=True) == {
        "fields": (),
        "show_hidden_fields": False,
        "hidden_fields": (),
        "groups_max_depth": 1,
        "groups_start": "current",
        "show_hidden_facets": False,
        "hidden_facets": (),
        "show_protected_facets": False,
        "facet_options": {},
        "hidden_sort_options": (),
    }


@pytest.mark.parametrize(
    "options",
    [
        {"fields": ("x" * 300,) * 20},
        {"hidden_fields": ("x" * 300,) * 30},
        {"hidden_facets": ("x" * 100,) * 50},
        {"hidden_sort_options": ("x" * 100,) * 25},
        {"facet_options": dict.fromkeys("abcde", ("x" * 100,) * 15)},
        {"facet_groups_limit": 0},
        {"groups_start": "top"},
        {"groups_start": "group_id:x"},
        *({"variations_return_type": name} for name in ("default", "all", "matched")),
        *({"groups_sort_by": name} for name in ("relevance", "value", "num_matches")),
        *({"groups_sort_order": name} for name in ("ascending", "descending")),
    ],
)
def test_what_upstream_documents_is_taken_up_to_its_limits(options):
    assert FmtOptions.model_validate(options).model_dump(exclude_unset=True) == options


@pytest.mark.parametrize("start", ["currently", "atop", "xgroup_id:a", "current\n", ""])
def test_groups_start_at_one_of_three(start):
    with pytest.raises(ValidationError):
        FmtOptions(groups_start=start)
