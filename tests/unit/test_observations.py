import pytest

from image_search.errors import UpstreamFailed
from image_search.images import Image
from image_search.observations import Observations


def test_an_image_is_told_by_its_type_and_size():
    seen = Observations()
    seen.image(Image(b"12345", "image/jpeg", "a" * 64))
    assert (seen.media_type, seen.image_bytes) == ("image/jpeg", 5)


def test_calls_are_counted_and_their_time_added_up():
    seen = Observations()
    for _ in range(2):
        with seen.asking_upstream():
            pass
    assert (seen.upstream_calls, seen.upstream_seconds > 0) == (2, True)


def test_a_failed_call_counts_and_its_error_is_kept_once():
    seen = Observations()
    error = UpstreamFailed()
    with pytest.raises(UpstreamFailed), seen.asking_upstream():
        raise error
    seen.failed(error)
    assert (seen.upstream_calls, seen.errors) == (1, [error])


def test_two_alike_errors_are_two():
    seen = Observations()
    seen.failed(UpstreamFailed())
    seen.failed(UpstreamFailed())
    assert len(seen.errors) == 2


def test_preparation_is_timed():
    seen = Observations()
    with seen.preparing():
        pass
    assert seen.prepare_seconds is not None
