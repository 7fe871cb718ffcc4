"""Kept-alive connections that upstream closes, over real sockets."""

import time

import httpx
import pytest
from pydantic import SecretStr

from image_search.credentials.secret import Credentials
from image_search.deadline import Deadline
from image_search.errors import NotAsked, UpstreamFailed
from image_search.images.coordinates import Coordinates
from image_search.images.normalize import NormalizedImage
from image_search.parameters.search_parameters import SearchParameters
from image_search.upstream.client import CLOSED_WITHIN_SECONDS, UpstreamCall, UpstreamClient
from image_search.upstream.connections import MAX_IDLE_SECONDS, KeptAlive
from image_search.upstream.end_user import EndUser
from integration.loopback_upstream import breaks_off, closes, loopback_upstream, resets
from wire import ANSWER, INDEX_KEY

SEARCHES = 12


@pytest.fixture
def upstream():
    with loopback_upstream() as upstream:
        yield upstream


@pytest.fixture
def search(upstream):
    """One search over the same pool; ``size``: the image's, ``seconds``: that the request has."""
    client = UpstreamClient(upstream.url, "cio-be-lambda-acme", 20)

    def one(size=1_000, seconds=25.0):
        call = UpstreamCall(
            NormalizedImage(bytes(size), Coordinates.unchanged(16, 16)),
            SearchParameters.parse(""),
            EndUser("203.0.113.9", "Shop/7.1"),
            Credentials(key=SecretStr(INDEX_KEY)),
            Deadline.after(seconds),
        )
        return client.search(call).value

    return one


@pytest.mark.parametrize("end", [closes, resets])
@pytest.mark.parametrize("size", [1_000, 6_000_000], ids=["small", "large"])
@pytest.mark.parametrize("reads_all", [False, True], ids=["unread", "read"])
def test_each_search_is_answered_and_billed_once(upstream, search, end, size, reads_all):
    """Each second request finds that its connection has been closed since it was sent."""
    upstream.end, upstream.reads_all = end, reads_all
    answers = [search(size) for _ in range(SEARCHES)]
    assert (answers, upstream.billed, upstream.begun) == ([ANSWER] * SEARCHES, SEARCHES, SEARCHES)


def test_a_connection_is_used_again_while_it_lives(upstream, search):
    upstream.answers = SEARCHES
    assert [search() for _ in range(SEARCHES)] == [ANSWER] * SEARCHES
    assert upstream.begun == 1


@pytest.mark.parametrize("end", [closes, resets])
def test_a_new_connection_that_ends_is_not_tried_again(upstream, search, end):
    upstream.answers, upstream.end = 0, end
    with pytest.raises(UpstreamFailed):
        search()
    assert upstream.begun == 1


def test_an_answer_that_has_begun_is_not_asked_for_again(upstream, search):
    upstream.end = breaks_off
    search()
    with pytest.raises(UpstreamFailed):
        search()
    assert (upstream.billed, upstream.begun) == (1, 1)


def test_what_ends_late_may_have_been_searched_for_and_is_not_repeated(upstream, search):
    upstream.end = lambda _: time.sleep(CLOSED_WITHIN_SECONDS + 0.1)
    search()
    with pytest.raises(UpstreamFailed):
        search()
    assert upstream.begun == 1


def test_without_time_for_a_repeat_upstream_is_not_to_blame(upstream, search):
    search()
    with pytest.raises(NotAsked):
        search(seconds=2.5)
    assert upstream.begun == 1


@pytest.mark.parametrize(
    ("pause", "connections"), [(MAX_IDLE_SECONDS - 1, 1), (MAX_IDLE_SECONDS, 2), (-1, 2)]
)
def test_after_a_freeze_connections_are_made_anew(upstream, pause, connections):
    """By the wall's clock: the monotonic one may stand still in a frozen sandbox."""

    upstream.answers, now = 2, [1_000_000.0]
    with httpx.Client(transport=KeptAlive(lambda: now[0])) as client:
        client.post(upstream.url, content=b"1")
        now[0] += pause
        client.post(upstream.url, content=b"2")
    assert (upstream.billed, upstream.begun) == (2, connections)
