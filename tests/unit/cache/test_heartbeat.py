import threading

from image_search.cache.heartbeat import Heartbeat


def test_it_beats_while_the_body_runs_and_not_after():
    beats: list[str] = []
    third = threading.Event()

    def beat():
        beats.append("beat")
        if len(beats) == 3:
            third.set()
        return True

    with Heartbeat(0.001).kept_by(beat):
        assert third.wait(30)
    after = len(beats)
    assert not threading.Event().wait(0.02)
    assert len(beats) == after


def test_it_ends_when_there_is_no_use_in_another():
    beats: list[str] = []
    refused = threading.Event()

    def beat():
        beats.append("beat")
        refused.set()
        return False

    with Heartbeat(0.001).kept_by(beat):
        assert refused.wait(30)
        assert not threading.Event().wait(0.02)
    assert beats == ["beat"]


def test_a_beat_that_is_under_way_is_waited_for():
    begun, ended = threading.Event(), threading.Event()

    def beat():
        begun.set()
        threading.Event().wait(0.05)
        ended.set()
        return True

    with Heartbeat(0.001).kept_by(beat):
        assert begun.wait(30)
    assert ended.is_set()
