import pytest

from api.content_coding import accepts_gzip


@pytest.mark.parametrize(
    "header",
    [
        "gzip",
        "deflate, gzip;q=0.5",
        "GZIP",
        "*",
        "br, *;q=0.1",
        "gzip;q=1.0, *;q=0",
        " gzip ; q=0.001 ",
        "gzip;q = 1",
        "gzip;level=0",
        "x-gzip",
        "gzip;q=0, gzip",
        "gzip;q=0.00001",
    ],
)
def test_gzip_is_taken(header):
    assert accepts_gzip(header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "identity",
        "br",
        "gzip;q=0",
        "*;q=0",
        "gzip;q=0, *",
        "gzip;q=x",
        "gzip; q = 0",
        "gzip;q=1=1",
        "gzip;q=1.5",
        "gzip;q=-1",
        "gzip;q=inf",
        "gzip;q=1e0",
        "gzip;q=١",
        "gzip;level=0;q=0",
        '"gzip"',
    ],
)
def test_gzip_is_not_taken(header):
    assert not accepts_gzip(header)
