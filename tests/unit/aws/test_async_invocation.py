"""Lambda's queue in front of a function: moto's Lambda takes the event, or it is not taken."""

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.stub import Stubber

from image_search.aws.async_invocation import AsyncInvocation

EVENT = '{"refresh":{}}'


@pytest.fixture
def lambda_(environment):
    with Stubber(boto3.client("lambda")) as stubbed:
        yield stubbed


@pytest.fixture
def function(lambda_):
    return AsyncInvocation(lambda: lambda_.client, "renewer", Logger(service="image-search-proxy"))


def test_an_event_is_sent_without_waiting_for_what_comes_of_it(lambda_, function):
    asked = {"FunctionName": "renewer", "InvocationType": "Event", "Payload": EVENT}
    lambda_.add_response("invoke", {"StatusCode": 202}, asked)
    assert function.send(EVENT) is True


def test_an_event_that_is_not_taken_is_no_error(lambda_, function):
    lambda_.add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
    assert function.send(EVENT) is False
