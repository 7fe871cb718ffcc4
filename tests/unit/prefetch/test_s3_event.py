import pytest

from prefetch.s3_event import Upload, uploads_of

SHA256 = "0123456789abcdef" * 4


def event(*keys):
    records = [{"s3": {"bucket": {"name": "bucket"}, "object": {"key": key}}} for key in keys]
    return {"Records": records}


@pytest.mark.parametrize("key", [f"uploads/{SHA256}", f"uploads%2F{SHA256}"])
def test_an_upload_is_named_by_its_hash(key):
    assert list(uploads_of(event(key))) == [Upload("bucket", SHA256)]


@pytest.mark.parametrize(
    "key",
    [
        "uploads/photo.jpg",
        f"uploads/{SHA256}+",
        f"uploads/{SHA256}%0A",
        f"uploads/{SHA256[:-1]}",
        f"uploads/{SHA256.upper()}",
        f"uploads/a/{SHA256}",
        f"uploads/uploads/{SHA256}",
        f"other/{SHA256}",
        SHA256,
    ],
)
def test_other_objects_are_not_uploads(key):
    assert list(uploads_of(event(key))) == []


def test_each_record_is_an_upload():
    other = SHA256[::-1]
    found = list(uploads_of(event(f"uploads/{SHA256}", "uploads/a", f"uploads/{other}")))
    assert found == [Upload("bucket", SHA256), Upload("bucket", other)]


@pytest.mark.parametrize(
    "odd",
    [None, "", [], {}, {"Event": "s3:TestEvent"}, {"Records": {}}, {"Records": [None]}, event(1)],
)
def test_what_is_no_notification_is_said_to_be_none(odd):
    with pytest.raises(ValueError, match="record"):
        list(uploads_of(odd))
