"""Every alarm goes off when its metric is as bad as it says, and tells the topic."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from waiting import wait_until

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

    from e2e.conftest import LocalStack

STACK = "image-search-proxy"


@pytest.fixture
def cloudwatch(stack: LocalStack) -> CloudWatchClient:
    client: CloudWatchClient = stack.client("cloudwatch")
    return client


def alarms(cloudwatch: CloudWatchClient) -> list[MetricAlarmTypeDef]:
    return cloudwatch.describe_alarms(AlarmNamePrefix=f"{STACK}-")["MetricAlarms"]


def be_as_bad(cloudwatch: CloudWatchClient, alarm: MetricAlarmTypeDef) -> None:
    """Puts what the alarm waits for into each of its periods."""
    now = datetime.now(UTC)
    data: list[Any] = [
        {
            "MetricName": alarm["MetricName"],
            "Dimensions": alarm["Dimensions"],
            "Timestamp": now - timedelta(seconds=number * alarm["Period"]),
            "Value": alarm["Threshold"],
        }
        for number in range(alarm["EvaluationPeriods"])
    ]
    cloudwatch.put_metric_data(Namespace=alarm["Namespace"], MetricData=data)


def for_anybody(queue_arn: str) -> str:
    """A policy that lets the topic send to the queue."""
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_every_alarm_goes_off(cloudwatch: CloudWatchClient) -> None:
    quiet = {alarm["StateValue"] for alarm in alarms(cloudwatch)}
    for alarm in alarms(cloudwatch):
        be_as_bad(cloudwatch, alarm)
    wait_until(lambda: all(alarm["StateValue"] == "ALARM" for alarm in alarms(cloudwatch)))
    assert "ALARM" not in quiet


def test_an_alarm_is_reported_to_the_topic(stack: LocalStack, cloudwatch: CloudWatchClient) -> None:
    sns, sqs = stack.client("sns"), stack.client("sqs")
    queue = sqs.create_queue(QueueName=f"inbox-{uuid.uuid4().hex}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": for_anybody(arn["QueueArn"])})
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"{STACK}-daily-cap-exceeded"])[
        "MetricAlarms"
    ]
    (topic,) = alarm["AlarmActions"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="test")
    cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="test")
    reported: list[str] = []

    def heard() -> bool:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        reported.extend(json.loads(message["Body"])["Message"] for message in found)
        return any('"NewStateValue": "ALARM"' in text.replace('":"', '": "') for text in reported)

    wait_until(heard)


def test_the_dashboard_is_there(cloudwatch: CloudWatchClient) -> None:
    body = json.loads(cloudwatch.get_dashboard(DashboardName=STACK)["DashboardBody"])
    named = [
        row[3]
        for widget in body["widgets"]
        for row in widget["properties"].get("metrics", [])
        if row[0] == "ImageSearchProxy"
    ]
    assert set(named) == {STACK}
