import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from image_search.aws import clients
from image_search.aws.json_client.connections import Timeouts
from image_search.errors import UpstreamUnavailable
from image_search.uploads.bucket import ImageBucket
from wire import ALLOWED, UPLOADS


class Nothing:
    def stream(self, **_):
        yield b""


def test_a_redirect_to_nowhere_is_followed_no_further(aws_events):
    """botocore would ask for the bucket's region without end."""
    asked = []

    def redirect(request, **_):
        asked.append(request.method)
        return AWSResponse(request.url, 301, HTTPHeaders(), Nothing())

    aws_events.register_first("before-send.s3", redirect)
    bucket = ImageBucket(lambda: clients.s3(Timeouts(1, 1)), UPLOADS, (ALLOWED,), 1000)
    with pytest.raises(UpstreamUnavailable):
        bucket.read_uri(f"s3://{ALLOWED}/a")
    assert asked == ["GET"]
