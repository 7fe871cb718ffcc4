"""What is handed to the function that renews: moto's Lambda takes it, or nobody does."""

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.stub import Stubber
from pydantic import ValidationError

from image_search.refresh_order import RefreshOrder, RefreshQueue

ORDER = RefreshOrder(s3_uri="s3://photos/uploads/a", sha256="a" * 64, query="us=web", token=7)
EVENT = '{"refresh":{"s3_uri":"s3://photos/uploads/a","sha256":"%s","query":"us=web","token":7}}'


@pytest.fixture
def lambda_(environment):
    with Stubber(boto3.client("lambda")) as stubbed:
        yield stubbed


@pytest.fixture
def queue(lambda_):
    return RefreshQueue(lambda: lambda_.client, "renewer", Logger(service="image-search-proxy"))


def test_an_order_is_an_asynchronous_invocation_that_points_to_the_image(lambda_, queue):
    asked = {
        "FunctionName": "renewer",
        "InvocationType": "Event",
        "Payload": EVENT % ("a" * 64),
    }
    lambda_.add_response("invoke", {"StatusCode": 202}, asked)
    assert queue.put(ORDER) is True


def test_an_order_that_nobody_takes_is_no_error(lambda_, queue):
    lambda_.add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
    assert queue.put(ORDER) is False


def test_an_event_is_read_as_it_was_written():
    event = {"refresh": ORDER.model_dump()}
    assert (RefreshOrder.of(event), RefreshOrder.of({"Records": []})) == (ORDER, None)


def test_an_event_of_another_make_is_refused():
    with pytest.raises(ValidationError):
        RefreshOrder.of({"refresh": {"s3_uri": "s3://photos/uploads/a"}})
