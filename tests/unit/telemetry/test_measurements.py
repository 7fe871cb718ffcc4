import pytest

from image_search.errors import UpstreamFailed
from image_search.images.image import Image
from image_search.telemetry.measurements import Measurements


def test_an_image_is_reported_by_its_type_and_size():
    seen = Measurements()
    seen.image(Image(b"12345", "image/jpeg", "a" * 64))
    assert (seen.media_type, seen.image_bytes) == ("image/jpeg", 5)


def test_calls_are_counted_and_their_time_added_up():
    seen = Measurements()
    for _ in range(2):
        with seen.calling_upstream(1_000):
            pass
    assert (seen.upstream_calls, seen.upstream_seconds > 0, seen.upstream_bytes) == (2, True, 2_000)


def test_a_failed_call_counts_and_its_error_is_kept_once():
    seen = Measurements()
    error = UpstreamFailed()
    with pytest.raises(UpstreamFailed), seen.calling_upstream(1_000):
        raise error
    seen.failed(error)
    assert (seen.upstream_calls, seen.errors) == (1, [error])


def test_two_alike_errors_are_two():
    seen = Measurements()
    seen.failed(UpstreamFailed())
    seen.failed(UpstreamFailed())
    assert len(seen.errors) == 2


def test_normalizing_is_timed():
    seen = Measurements()
    with seen.normalizing():
        pass
    assert seen.normalize_seconds is not None
