"""What we read of clients' headers is what werkzeug reads, but where RFC 9110 says otherwise."""

import string
from operator import itemgetter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags, parse_options_header, quote_etag

from api.conditional import entity_tag, none_match
from api.content_coding import accepts_gzip
from api.request_body import RequestBody

spaces = st.text(" \t", max_size=2)
tokens = st.text(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~", min_size=1, max_size=6)


def listed(entries):
    """Entries of a list as clients write them, with blanks and empty ones (RFC 9110 §5.6.1.2)."""
    separators = st.builds("{}{}{}".format, spaces, st.sampled_from([",", ",,"]), spaces)
    return st.lists(entries, min_size=1, max_size=5).flatmap(
        lambda chosen: st.tuples(*[separators] * len(chosen)).map(
            lambda between: "".join(map("".join, zip(chosen, between, strict=True))).strip(" \t,")
        )
    )


# --- If-None-Match, ETag ------------------------------------------------------------------------

# Not the empty one, which the RFC allows and werkzeug does not read.
names = st.text("ab,*;=/\\\xe9", min_size=1, max_size=3)
quoted = st.builds('{}"{}"'.format, st.sampled_from(["", "W/"]), names)


@given(listed(quoted), names)
@example('"a, b"', "b")
@example("*", "a")
def test_a_condition_is_met_by_the_tags_that_werkzeug_finds(header, name):
    expected = parse_etags(header)
    assert none_match(header, f'"{name}"') is not expected.contains_weak(name)


@given(st.text(string.hexdigits, min_size=1), st.booleans())
def test_a_tag_is_written_as_werkzeug_writes_it(name, gzip):
    assert entity_tag(name, gzip=gzip) == quote_etag(f"{name}-gzip" if gzip else name)


@pytest.mark.parametrize(("header", "tag"), [("a", "a"), ('"a b"', "a b")])
def test_a_tag_has_quotation_marks_and_no_blank(header, tag):
    """RFC 9110 §8.8.3; werkzeug takes both."""
    assert parse_etags(header).contains(tag)
    assert none_match(header, f'"{tag}"')


@pytest.mark.parametrize("header", ['"a"b"', '"a" "b'])
def test_a_tag_in_a_broken_list_is_found_all_the_same(header):
    """Werkzeug finds none; the client has an answer that it can name."""
    assert not parse_etags(header).contains("a")
    assert not none_match(header, '"a"')


# --- Accept-Encoding ----------------------------------------------------------------------------

weights = st.sampled_from(["", ";q=0", ";q=0.0", "; q=0.001", ";q=0.5", " ; q=1", ";Q=1.000"])
codings = st.sampled_from(["gzip", "GZip", "br", "identity", "deflate", "*"]) | tokens.filter(
    lambda token: token.lower() not in ("x-gzip", "*")
)


def best(header):
    """The weight of gzip by werkzeug's reading: its own, else that of any coding."""
    found = sorted(parse_accept_header(header, Accept), key=itemgetter(1), reverse=True)
    named = {name.lower(): weight for name, weight in reversed(found)}
    return named.get("gzip", named.get("*", 0))


@given(listed(st.builds("{}{}".format, codings, weights)))
@example("gzip;q=0, *")
@example("*;q=0, gzip")
def test_gzip_is_taken_where_werkzeug_reads_a_weight(header):
    assert accepts_gzip(header) is (best(header) > 0)


@pytest.mark.parametrize("weight", ["1.5", "-1", "x", "nan", "inf", "1e0", "2"])
def test_a_malformed_weight_is_none(weight):
    header = f"gzip;q={weight}"
    assert (accepts_gzip(header), best(header)) == (False, 0)


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("x-gzip", True),  # RFC 9110 §8.4.1.3: the same as gzip
        ('"gzip"', False),  # a coding is a token
        ("gzip;level=1", True),  # codings have no parameters, but it can be read
        ("gzip; q = 0", False),  # meant as none, by a client that writes blanks
        ("gzip;q=", False),
        ("gzip;q=x, *", False),  # in doubt the plain body, which every client can read
    ],
)
def test_where_we_read_accept_encoding_otherwise(header, ours):
    assert accepts_gzip(header) is ours
    assert (best(header) > 0) is not ours


# --- Content-Type -------------------------------------------------------------------------------

parameters = st.builds(
    "{};{}{}={}".format, spaces, spaces, tokens, tokens | st.just('"a;b, c"') | st.just('""')
)


@given(spaces, tokens, tokens, st.lists(parameters, max_size=3), spaces)
def test_a_media_type_is_what_werkzeug_reads(before, kind, subtype, following, after):
    header = f"{before}{kind}/{subtype}{''.join(following)}{after}"
    body = RequestBody("", is_base64=False, content_type=header)
    assert body.media_type == parse_options_header(header)[0].strip().lower()


@pytest.mark.parametrize("header", ["", ";", " ; boundary=b"])
def test_no_media_type_is_none(header):
    body = RequestBody("", is_base64=False, content_type=header)
    assert body.media_type == parse_options_header(header)[0] == ""
