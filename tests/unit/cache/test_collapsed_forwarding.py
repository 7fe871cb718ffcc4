"""One fetch for all who ask at once: real threads, moto's table, and a clock where time matters."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from image_search.cache.answer import Answer
from image_search.cache.collapsed_forwarding import (
    ANSWER_SECONDS,
    FAILED_RENEWAL_SECONDS,
    HANDED_OVER_SECONDS,
    IMAGE_GONE,
    PATIENCE_SECONDS,
    SEARCH_SECONDS,
    THROTTLED_SECONDS,
    Collapsed,
    CollapsedForwarding,
    Fetched,
    Search,
)
from image_search.cache.lease import LeaseThrottled
from image_search.cache.store import MAX_BODY_BYTES, CacheUnavailable, Entry, StoreResult
from image_search.deadline import Deadline
from image_search.errors import ImageNotFound, SharedError, StillSearching, UpstreamFailed
from waiting import wait_until
from wire import TABLE


def answer(text=b"{}", age=0):
    return Answer.from_json(text, int(time.time()) - age, 60)


@pytest.fixture
def polls(dynamodb):
    """Reads of the table: only those who wait make more than one here."""
    seen = []
    dynamodb.meta.events.register("before-call.dynamodb.GetItem", lambda **_: seen.append(1))
    return seen


@pytest.fixture
def writes(dynamodb):
    seen = []
    for operation in ("UpdateItem", "PutItem"):
        dynamodb.meta.events.register(
            f"before-call.dynamodb.{operation}", lambda **_: seen.append(1)
        )
    return seen


@pytest.fixture
def monotonic(clock):
    """Seconds that pass while one waits, and when a test says so."""
    return clock


@pytest.fixture
def forwarding(cache, leases):
    return CollapsedForwarding(cache, leases)


@pytest.fixture
def waiting(cache, leases, monotonic):
    """One whose pauses pass at once, by its own clock alone."""
    return CollapsedForwarding(
        cache, leases, time.time, monotonic, lambda seconds: monotonic.forward(seconds)
    )


def free(ask):
    """A search that is not counted."""
    return Search(run=ask, charge=lambda: None, reservation=lambda: None)


def fetch(forwarding, ask, seconds=120.0, renew=False, read=None, deadline=None):
    search = free(ask)
    due = deadline or Deadline.after(seconds)
    read = Entry() if read is None else read
    return forwarding.fetch("k", read, forwarding.look("k"), search, due, renew=renew)


class Passing:
    """A deadline by the test's clock."""

    def __init__(self, clock, seconds):
        self._clock = clock
        self._at = clock() + seconds

    def remaining(self):
        return max(0.0, self._at - self._clock())


class SlowSearch:
    """Counts its calls; each takes until it is let go."""

    def __init__(self, error=None, found=None):
        self.calls = 0
        self.begun = threading.Event()
        self.let_go = threading.Event()
        self._error = error
        self._found = found

    def __call__(self):
        self.calls += 1
        self.begun.set()
        assert self.let_go.wait(90)
        if self._error is not None:
            raise self._error
        return self._found or answer()


def test_the_first_fetches_and_stores(forwarding):
    found = answer()
    assert fetch(forwarding, lambda: found) == Fetched(found, StoreResult.STORED)


class Counted:
    """A search that is counted; ``refusal``: what charging it raises."""

    def __init__(self, refusal=None):
        self.steps = []
        self._refusal = refusal

    def search(self, found):
        return Search(
            run=lambda: self._run(found),
            charge=self._charge,
            reservation=lambda: self._reserve,
        )

    def _reserve(self):
        self.steps.append("reserve")

    def _run(self, found):
        self.steps.append("run")
        return found

    def _charge(self):
        self.steps.append("charge")
        if self._refusal is not None:
            raise self._refusal


def fetch_counted(forwarding, counted, found=None):
    search, due = counted.search(found or answer()), Deadline.after(60)
    return forwarding.fetch("k", Entry(), forwarding.look("k"), search, due, renew=False)


def test_who_fetches_is_charged_before(forwarding):
    counted = Counted()
    fetch_counted(forwarding, counted)
    assert (sorted(counted.steps[:2]), counted.steps[2:]) == (["charge", "reserve"], ["run"])


def test_who_is_refused_leaves_the_lease_free(forwarding, leases):
    counted = Counted(UpstreamFailed())
    with pytest.raises(UpstreamFailed):
        fetch_counted(forwarding, counted)
    assert (leases.read("k").is_free, leases.read("k").failure) == (True, None)
    assert "run" not in counted.steps


def test_who_searches_without_a_lease_is_charged(forwarding, without_table):
    counted = Counted()
    fetch_counted(forwarding, counted)
    assert counted.steps == ["charge", "run"]


def test_who_waits_is_not_charged(leases, cache, forwarding, waiting):
    token, found, counted = leases.acquire("k").token, answer(), Counted()
    seen = waiting.look("k")
    leases.end("k", token, version=cache.store("k", found, Entry()).rev)
    due = Deadline.after(60)
    result = waiting.fetch("k", Entry(), seen, counted.search(found), due, renew=False)
    assert (result, counted.steps) == (Collapsed(found), [])


def wait_for(forwarding, search, polls, others=4):
    """The results, or errors, of those who ask while the first searches."""
    with ThreadPoolExecutor(others + 1) as pool:
        first = pool.submit(fetch, forwarding, search)
        assert search.begun.wait(90)
        waiters = [pool.submit(fetch, forwarding, search) for _ in range(others)]
        wait_until(lambda: len(polls) >= 3 * others)
        search.let_go.set()
        return [first.exception() or first.result()] + [
            each.exception() or each.result() for each in waiters
        ]


def test_those_who_ask_meanwhile_get_its_answer(forwarding, polls):
    search = SlowSearch()
    first, *others = wait_for(forwarding, search, polls, others=8)
    assert (search.calls, first.stored) == (1, StoreResult.STORED)
    assert others == [Collapsed(first.answer)] * 8


def test_those_who_wait_write_nothing(forwarding, polls, writes):
    wait_for(forwarding, SlowSearch(), polls)
    assert len(writes) == 3  # the first takes its lease, stores, and ends it


def test_those_who_ask_meanwhile_share_its_failure(forwarding, polls):
    search = SlowSearch(UpstreamFailed())
    first, *others = wait_for(forwarding, search, polls)
    assert (search.calls, type(first)) == (1, UpstreamFailed)
    shared = [each for each in others if isinstance(each, SharedError)]
    assert [(each.status, each.code) for each in shared] == [(502, "upstream_error")] * 4


def test_those_who_wait_for_an_answer_that_is_too_large_search_side_by_side(forwarding, polls):
    large = Answer(bytes(MAX_BODY_BYTES + 1), "00", int(time.time()), int(time.time()) + 60)
    search = SlowSearch(found=large)
    first, *others = wait_for(forwarding, search, polls)
    assert (search.calls, first.stored) == (5, StoreResult.TOO_LARGE)
    assert others == [Fetched(large, None)] * 4


def test_those_who_wait_with_the_image_are_not_failed_by_its_absence(forwarding, polls):
    search = SlowSearch(ImageNotFound())
    results = wait_for(forwarding, search, polls)
    assert [type(each) for each in results] == [ImageNotFound] * 5
    assert search.calls == 5


def test_a_failure_is_not_shared_with_those_who_come_later(forwarding):
    def fail():
        raise UpstreamFailed

    with pytest.raises(UpstreamFailed):
        fetch(forwarding, fail)
    assert fetch(forwarding, answer).stored is StoreResult.STORED


def test_a_failure_of_before_is_not_shared_by_a_copy_that_lags_behind(
    leases, waiting, monotonic, dynamodb, monkeypatch
):
    """DynamoDB's reads may show what was there before the write that has just failed."""
    leases.end("k", leases.acquire("k").token, failure=SharedError.record(UpstreamFailed()))
    seen, read = waiting.look("k"), dynamodb.get_item
    lagging = read(TableName=TABLE, Key={"pk": {"S": "k#lease"}})
    leases.acquire("k")  # by another, who takes long
    monkeypatch.setattr(
        dynamodb,
        "get_item",
        lambda **call: read(**call) if call.get("ConsistentRead") else lagging,
    )
    found = answer()
    search = free(lambda: found)
    result = waiting.fetch("k", Entry(), seen, search, Passing(monotonic, 20), renew=False)
    assert result == Fetched(found, StoreResult.STORED)  # by taking over


def test_an_unexpected_exception_frees_the_lease(forwarding, leases):
    with pytest.raises(ZeroDivisionError):
        fetch(forwarding, lambda: 1 / 0)
    assert leases.read("k").is_free


def test_exactly_one_takes_over_from_a_holder_that_died(leases, forwarding):
    leases.acquire("k")  # and never again a sign of life
    calls = []

    def search():
        calls.append(1)
        time.sleep(0.3)
        return answer()

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: fetch(forwarding, search), range(6)))
    assert len(calls) == 1
    assert sorted(type(result).__name__ for result in results) == ["Collapsed"] * 5 + ["Fetched"]


def test_a_holder_that_has_stored_before_it_died_is_not_searched_for_again(
    leases, cache, waiting, monotonic
):
    leases.acquire("k")
    found = answer()
    cache.store("k", found, Entry())
    assert fetch(waiting, lambda: 1 / 0, deadline=Passing(monotonic, 20)) == Collapsed(found)


def test_a_holder_that_takes_long_keeps_its_lease(forwarding):
    search = SlowSearch()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fetch, forwarding, search)
        assert search.begun.wait(90)
        other = pool.submit(fetch, forwarding, search)
        time.sleep(PATIENCE_SECONDS + 1)
        search.let_go.set()
        assert (search.calls, other.result()) == (1, Collapsed(first.result().answer))


def test_at_its_deadline_one_who_waits_for_a_living_holder_makes_no_call(
    leases, waiting, monotonic, monkeypatch
):
    token = leases.acquire("k").token
    read = leases.read

    def living(key):
        leases.renew(key, token)
        return read(key)

    monkeypatch.setattr(leases, "read", living)
    with pytest.raises(StillSearching) as refusal:
        fetch(waiting, lambda: 1 / 0, deadline=Passing(monotonic, 20))
    assert (refusal.value.status, refusal.value.headers) == (503, {"Retry-After": "2"})


def test_patience_begins_when_the_lease_is_seen_and_not_when_it_is_tried_for(
    leases, waiting, monotonic, dynamodb, monkeypatch
):
    seen, update, sent = waiting.look("k"), dynamodb.update_item, []
    leases.acquire("k")

    def slowly(**call):
        sent.append(monotonic())
        if len(sent) == 1:
            monotonic.forward(2)
        return update(**call)

    monkeypatch.setattr(dynamodb, "update_item", slowly)
    search = free(answer)
    waiting.fetch("k", Entry(), seen, search, Passing(monotonic, 20), renew=False)
    tried_for, taken_over = sent[:2]
    assert taken_over - (tried_for + 2) >= PATIENCE_SECONDS


def test_one_with_too_little_time_left_does_not_take_over(leases, waiting, monotonic):
    leases.acquire("k")
    left = PATIENCE_SECONDS + SEARCH_SECONDS - 0.5
    with pytest.raises(StillSearching):
        fetch(waiting, lambda: 1 / 0, deadline=Passing(monotonic, left))


def test_one_who_waits_answers_in_time(leases, waiting, monotonic):
    leases.acquire("k")
    due = Passing(monotonic, 4)
    with pytest.raises(StillSearching):
        fetch(waiting, lambda: 1 / 0, deadline=due)
    assert 0 < due.remaining() <= ANSWER_SECONDS


def test_a_look_that_is_throttled_is_no_reason_to_search(leases, cache, waiting, monkeypatch):
    """It does not say that the lease is free."""
    token, found, looks = leases.acquire("k").token, answer(), []
    read = leases.read

    def throttled_at_first(key, **how):
        looks.append(1)
        if len(looks) < 5:
            return LeaseThrottled()
        if len(looks) == 5:
            leases.end("k", token, version=cache.store("k", found, Entry()).rev)
        return read(key, **how)

    monkeypatch.setattr(leases, "read", throttled_at_first)
    assert fetch(waiting, lambda: 1 / 0) == Collapsed(found)


def test_an_error_that_was_there_at_the_first_look_is_not_shared(leases, waiting, monkeypatch):
    """Though that look came late, as those before it were throttled."""
    leases.end("k", leases.acquire("k").token, failure=SharedError.record(UpstreamFailed()))
    read, acquire, found, looks = leases.read, leases.acquire, answer(), []

    def throttled_at_first(key, **how):
        looks.append(1)
        return LeaseThrottled() if len(looks) < 4 else read(key, **how)

    def throttled_until_then(key):
        return LeaseThrottled() if len(looks) < 4 else acquire(key)

    monkeypatch.setattr(leases, "read", throttled_at_first)
    monkeypatch.setattr(leases, "acquire", throttled_until_then)
    assert fetch(waiting, lambda: found) == Fetched(found, StoreResult.STORED)


def test_an_answer_that_cannot_be_read_yet_is_waited_for(
    leases, cache, waiting, monotonic, monkeypatch
):
    token, found = leases.acquire("k").token, answer()
    seen = waiting.look("k")
    leases.end("k", token, version=cache.store("k", found, Entry()).rev)
    read, reads = cache.read, []

    def unavailable_at_first(*given, **how):
        reads.append(1)
        return CacheUnavailable() if len(reads) < 40 else read(*given, **how)

    monkeypatch.setattr(cache, "read", unavailable_at_first)
    due = Passing(monotonic, 20)
    result = waiting.fetch("k", Entry(), seen, free(lambda: 1 / 0), due, renew=False)
    assert result == Collapsed(found)


def test_a_throttled_lease_is_tried_for_a_while_and_then_done_without(
    leases, waiting, monotonic, monkeypatch
):
    tries = []

    def throttled(_key):
        tries.append(monotonic())
        return LeaseThrottled()

    monkeypatch.setattr(leases, "acquire", throttled)
    found = answer()
    result = fetch(waiting, lambda: found, deadline=Passing(monotonic, 20))
    assert result == Fetched(found, None)
    assert (len(tries) > 2, tries[-1] - tries[0] >= THROTTLED_SECONDS) == (True, True)


def test_a_fresh_answer_that_was_not_seen_yet_is_not_fetched_again(forwarding):
    found = answer()
    fetch(forwarding, lambda: found)
    assert fetch(forwarding, lambda: 1 / 0) == Collapsed(found)


def test_a_fresh_answer_is_fetched_again_to_renew_it(forwarding, cache):
    fetch(forwarding, answer)
    newer = answer(b'{"newer":1}')
    renewed = fetch(forwarding, lambda: newer, renew=True, read=cache.read("k"))
    assert renewed == Fetched(newer, StoreResult.STORED)


def test_without_a_table_everyone_fetches(without_table, forwarding):
    found = answer()
    assert fetch(forwarding, lambda: found) == Fetched(found, None)


@pytest.fixture
def known(forwarding, cache):
    """A stored answer."""
    fetch(forwarding, answer)
    return cache.read("k")


def renew(forwarding, known, search):
    seen = forwarding.renewable("k", by_name=False)
    return None if seen is None else forwarding.fetch_if_free("k", seen, known, free(search))


def test_a_free_answer_is_renewed(forwarding, known):
    newer = answer(b'{"newer":1}')
    assert renew(forwarding, known, lambda: newer) == Fetched(newer, StoreResult.STORED)


def test_an_answer_that_another_renews_is_not_waited_for(leases, forwarding, known):
    leases.acquire("k")
    assert renew(forwarding, known, lambda: 1 / 0) is None


def test_an_answer_that_another_has_renewed_since_it_was_read_is_not_renewed_again(
    forwarding, known
):
    assert renew(forwarding, known, answer) is not None
    assert renew(forwarding, known, lambda: 1 / 0) is None


def test_a_renewal_whose_holder_died_is_taken_over(leases, waiting, monotonic, known):
    leases.acquire("k")
    before = renew(waiting, known, lambda: 1 / 0)
    monotonic.forward(PATIENCE_SECONDS)
    assert (before, renew(waiting, known, answer).stored) == (None, StoreResult.STORED)


def test_a_renewal_that_failed_is_left_alone_for_a_while(waiting, monotonic, known):
    def fail():
        raise UpstreamFailed

    with pytest.raises(UpstreamFailed):
        renew(waiting, known, fail)
    renew(waiting, known, lambda: 1 / 0)  # from here on it is known to have failed
    monotonic.forward(FAILED_RENEWAL_SECONDS - 0.1)
    before = renew(waiting, known, lambda: 1 / 0)
    monotonic.forward(0.1)
    assert (before, renew(waiting, known, answer).stored) == (None, StoreResult.STORED)


def test_a_renewal_that_failed_meanwhile_is_not_tried_again_by_one_who_saw_it_free(waiting, known):
    def fail():
        raise UpstreamFailed

    seen = waiting.renewable("k", by_name=False)
    with pytest.raises(UpstreamFailed):
        renew(waiting, known, fail)
    assert waiting.fetch_if_free("k", seen, known, lambda: 1 / 0) is None


def test_one_who_has_not_looked_takes_any_lease_that_is_free(leases, waiting, known):
    leases.end("k", leases.acquire("k").token)
    assert waiting.fetch_if_free("k", None, known, free(answer)).stored is StoreResult.STORED
    leases.acquire("k")
    assert waiting.fetch_if_free("k", None, known, free(lambda: 1 / 0)) is None


def test_a_renewal_that_cannot_be_stored_is_left_alone_for_a_while(waiting, monotonic, known):
    large = Answer(bytes(MAX_BODY_BYTES + 1), "00", int(time.time()), int(time.time()) + 60)
    assert renew(waiting, known, lambda: large).stored is StoreResult.TOO_LARGE
    renew(waiting, known, lambda: 1 / 0)  # from here on it is known
    monotonic.forward(FAILED_RENEWAL_SECONDS - 0.1)
    before = renew(waiting, known, lambda: 1 / 0)
    monotonic.forward(0.1)
    assert (before, renew(waiting, known, answer).stored) == (None, StoreResult.STORED)


def reserve(forwarding, known):
    seen = forwarding.renewable("k", by_name=True)
    return forwarding.reserve("k", seen, known, free(lambda: 1 / 0))


def test_a_reservation_is_fetched_with_by_another_once(forwarding, known):
    token, found = reserve(forwarding, known), answer(b'{"newer":1}')
    assert forwarding.fetch_reserved("k", token, lambda: found) == Fetched(
        found, StoreResult.STORED
    )
    assert forwarding.fetch_reserved("k", token, lambda: 1 / 0) is None


def test_a_reservation_of_another_is_not_fetched_with(forwarding):
    search = SlowSearch()
    assert (forwarding.fetch_reserved("k", "another", search), search.calls) == (None, 0)


def test_a_reservation_that_is_given_up_is_another_ones_to_make(forwarding, known):
    forwarding.give_up("k", reserve(forwarding, known))
    assert reserve(forwarding, known) is not None


def test_a_reservation_is_left_alone_until_its_search_should_have_begun(waiting, monotonic, known):
    reserve(waiting, known)
    early = waiting.renewable("k", by_name=True)
    monotonic.forward(HANDED_OVER_SECONDS)
    assert (early, reserve(waiting, known) is not None) == (None, True)


def test_a_reservation_is_taken_over_by_a_miss_without_waiting_so_long(
    waiting, monotonic, known, dynamodb
):
    reserve(waiting, known)
    dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "k"}})
    found = answer(b'{"newer":1}')
    result = fetch(waiting, lambda: found, deadline=Passing(monotonic, 20))
    assert result == Fetched(found, StoreResult.STORED)


def test_an_image_that_is_gone_is_not_renewed_by_its_name_again(forwarding, known):
    def absent():
        raise ImageNotFound

    with pytest.raises(ImageNotFound):
        forwarding.fetch_reserved("k", reserve(forwarding, known), absent)
    assert forwarding.look("k").unstored == IMAGE_GONE
    assert forwarding.renewable("k", by_name=True) is None
    assert renew(forwarding, known, answer).stored is StoreResult.STORED


def test_no_sign_of_life_is_under_way_at_the_end(forwarding, leases, monkeypatch):
    """Its thread is waited for, as the sandbox is frozen once the request is answered."""
    order, begun, searched = [], threading.Event(), threading.Event()
    renewing, end = leases.renew, leases.end

    def renew_slowly(*given):
        begun.set()
        searched.wait(90)
        time.sleep(0.05)
        order.append("renewed")
        return renewing(*given)

    def end_then(*given, **said):
        order.append("ended")
        end(*given, **said)

    def search():
        assert begun.wait(90)
        searched.set()
        return answer()

    monkeypatch.setattr(leases, "renew", renew_slowly)
    monkeypatch.setattr(leases, "end", end_then)
    fetch(forwarding, search)
    assert order == ["renewed", "ended"]
