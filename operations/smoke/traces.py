"""What the requests have left behind, at upstream, in logs and metrics; and what AWS runs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx

from operations.checks import Checks, Finding, Skipped
from operations.smoke.api import Api
from operations.smoke.target import Target

Found = TypeVar("Found", str, float)

ACCESS_LOG = "/aws/vendedlogs/{}/api"
# AWS promises no time. Logs usually take seconds, metrics that are made of them one or two minutes.
PATIENCE_SECONDS = 300
PAUSE_SECONDS = 3
# This machine's clock may be wrong by as much.
CLOCK_SECONDS = 300


@dataclass
class Traces:
    """``api``: which has made its requests. ``patience``: seconds for which each is waited for."""

    api: Api
    pause: Callable[[float], None] = time.sleep
    patience: float = PATIENCE_SECONDS
    _since: datetime = field(default_factory=lambda: datetime.now(UTC))

    def checks(self) -> Checks:
        return (
            ("upstream saw", self.check_upstream),
            ("the function's log", self.check_log),
            ("access log", self.check_access_log),
            ("metrics", self.check_metrics),
            ("alarm topic", self.check_topic),
            ("SnapStart", self.check_snap_start),
        )

    def check_upstream(self) -> Finding:
        """The headers of both searches: of an end user, with the proxy's token."""
        searched = self.api.searched()
        if not searched:
            raise Skipped("nothing was searched")
        if not self.api.target.is_local:
            # It sends no id of the request that it received, but names its answers.
            names = " and ".join(str(each.json().get("result_id")) for each in searched)
            raise Skipped(f"upstream shows it to no one; Constructor finds it by result_id {names}")
        seen = [each["headers"] for each in self._received()]
        agent, right = self.api.http.headers["User-Agent"], 0
        for headers in seen:
            address, token = headers.get("x-forwarded-for", ""), headers.get("x-cnstrc-token")
            one_address = bool(address) and "," not in address
            right += headers.get("user-agent") == agent and one_address and bool(token)
        expected = f"{len(searched)} with end user and token"
        return Finding.equal(expected, f"{right} with end user and token" if seen else "none")

    def check_log(self) -> Finding:
        answer = self.api.by_body
        if answer is None:
            raise Skipped("nothing was searched")
        line = self._wait_for_line(self._target.outputs["LogGroup"], answer)
        calls = sum(line.get("UpstreamCalls", ()))
        got = f"a line: {line.get('status')}, {calls:g} upstream calls" if line else "no line"
        return Finding.equal("a line: 200, 1 upstream calls", got)

    def check_access_log(self) -> Finding:
        if self._target.is_local:
            raise Skipped("the emulator's gateway writes none")
        if self.api.health is None:
            raise Skipped("nothing was answered")
        group = ACCESS_LOG.format(self._target.stack_name)
        line = self._wait_for_line(group, self.api.health)
        got = f"a line: {line.get('status')}" if line else "no line"
        return Finding.equal("a line: 200", got)

    def check_metrics(self) -> Finding:
        if self._target.is_local:
            raise Skipped("the emulator makes no metrics of log lines")
        if self.api.by_body is None:
            raise Skipped("nothing was searched")
        calls = self._wait_for(self._counted) or 0.0
        return Finding.judged("1 upstream call or more", f"{calls:g}", right=calls >= 1)

    def check_topic(self) -> Finding:
        """Alarms reach somebody."""
        sns = self._target.session.client("sns")
        topic = self._target.outputs["AlarmTopic"]
        pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        found = [each["SubscriptionArn"] for page in pages for each in page["Subscriptions"]]
        if not found and not self._target.set_to("AlarmEmail"):
            raise Skipped("alarms reach nobody yet: set AlarmEmail, or subscribe to AlarmTopic")
        pending = sum(not each.startswith("arn:") for each in found)
        got = f"{len(found) - pending} confirmed, {pending} pending"
        return Finding.judged(
            "all confirmed: see the e-mail", got, right=bool(found) and not pending
        )

    def check_snap_start(self) -> Finding:
        runtime = self._target.set_to("PythonRuntime")
        if self._target.set_to("SnapStart") != "on" or runtime == "python3.11":
            raise Skipped(f"it is off (SnapStart, {runtime})")
        found = self._target.session.client("lambda").get_function_configuration(
            FunctionName=self._target.outputs["FunctionName"], Qualifier="live"
        )
        return Finding.equal("On", found.get("SnapStart", {}).get("OptimizationStatus", "Off"))

    @property
    def _target(self) -> Target:
        return self.api.target

    def _received(self) -> list[Any]:
        """What the stand-in received of this run."""
        stand_in = self._target.set_to("UpstreamUrl")
        agent = self.api.http.headers["User-Agent"]
        received = self.api.http.get(f"{stand_in}/_control/requests").json()
        return [each for each in received if each["headers"].get("user-agent") == agent]

    def _wait_for_line(self, group: str, answer: httpx.Response) -> dict[str, Any]:
        """What is logged of a request; empty where it does not come."""
        request_id = answer.headers["apigw-requestid"]
        line: dict[str, Any] = json.loads(
            self._wait_for(lambda: self._logged(group, request_id)) or "{}"
        )
        return line

    def _logged(self, group: str, request_id: str) -> str:
        """The line of a request, or nothing yet."""
        logs = self._target.session.client("logs")
        begin = self._since - timedelta(seconds=CLOCK_SECONDS)
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group,
            filterPattern=f'"{request_id}"',
            startTime=int(begin.timestamp() * 1000),
        )
        found = (event["message"] for page in pages for event in page["events"])
        return next((each for each in found if request_id in each), "")

    def _counted(self) -> float:
        """Upstream calls, by the metric."""
        found = self._target.session.client("cloudwatch").get_metric_statistics(
            Namespace="ImageSearchProxy",
            MetricName="UpstreamCalls",
            Dimensions=[{"Name": "service", "Value": self._target.stack_name}],
            StartTime=self._since.replace(second=0, microsecond=0),
            EndTime=datetime.now(UTC) + timedelta(seconds=CLOCK_SECONDS),
            Period=60,
            Statistics=["Sum"],
        )
        return float(sum(each["Sum"] for each in found["Datapoints"]))

    def _wait_for(self, ask: Callable[[], Found]) -> Found | None:
        """The first thing that is found; None where it takes too long."""
        end = time.monotonic() + self.patience
        while not (found := ask()):
            if time.monotonic() > end:
                return None
            self.pause(PAUSE_SECONDS)
        return found
