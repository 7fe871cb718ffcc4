"""What is handed to the prefetch function with an answer that nears its end."""

import json

import pytest
from pydantic import ValidationError

from image_search.search.refresh_message import RefreshMessage

MESSAGE = RefreshMessage(ticket="0" * 32)
EVENT = {"refresh": {"ticket": "0" * 32}}


def test_a_message_names_a_ticket_and_nothing_else():
    assert json.loads(MESSAGE.to_event()) == EVENT


def test_an_event_is_read_as_it_was_written():
    assert RefreshMessage.from_event(EVENT) == MESSAGE


def test_an_event_of_another_kind_is_none():
    assert RefreshMessage.from_event({"Records": []}) is None


def test_a_message_of_another_make_is_refused():
    with pytest.raises(ValidationError):
        RefreshMessage.from_event({"refresh": {"s3_uri": "s3://photos/uploads/a"}})
