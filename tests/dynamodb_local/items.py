"""Attributes of all types that DynamoDB has, for hypothesis."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

MOST_DIGITS = 38
PADDING = "padding"

texts = st.text(max_size=40)
names = st.text(min_size=1, max_size=20).filter(lambda name: name not in {"pk", PADDING})


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Of magnitudes from 1e-130 to 9.99…e125, as DynamoDB takes them."""
    digits = str(draw(st.integers(0, 10 ** draw(st.integers(1, MOST_DIGITS)) - 1)))
    exponent = draw(st.integers(-130, 125 - len(digits)) | st.integers(-6, 6))
    number = Decimal(f"{draw(st.sampled_from(['', '-']))}{digits}E{exponent}")
    return draw(st.sampled_from([f"{number:f}", f"{number:e}"]))


scalars = st.one_of(
    texts.map(lambda text: {"S": text}),
    numbers().map(lambda number: {"N": number}),
    st.binary(max_size=60).map(lambda content: {"B": content}),
    st.booleans().map(lambda truth: {"BOOL": truth}),
    st.just({"NULL": True}),
)
sets = st.one_of(
    st.sets(texts.filter(bool), min_size=1, max_size=4).map(lambda found: {"SS": sorted(found)}),
    st.sets(st.binary(min_size=1, max_size=9), min_size=1, max_size=4).map(
        lambda found: {"BS": sorted(found)}
    ),
    st.lists(numbers(), min_size=1, max_size=4, unique_by=Decimal).map(lambda found: {"NS": found}),
)
values = st.recursive(
    scalars | sets,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda found: {"L": found})
        | st.dictionaries(names, inner, max_size=4).map(lambda found: {"M": found})
    ),
    max_leaves=8,
)
attributes = st.dictionaries(names, values, max_size=5)
