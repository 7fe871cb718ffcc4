"""Each check of `make smoke` is right where a deployment does all, and wrong where it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import httpx
import pytest

from operations.checks import made
from operations.environment import Environment
from operations.smoke import photos
from operations.smoke.api import CONTRACT, Api
from operations.smoke.target import Target
from operations.smoke.traces import Traces
from unit.operations.scripted_aws import ScriptedAws

API = "https://api.test"
BUCKET = "https://bucket.test"
STAND_IN = "http://127.0.0.1:4567"
AGENT = "smoke/1"
KEPT = {"ETag": '"1"', "Content-Location": "/v2/image_search/abc"}
PARAMETERS = {
    "CacheScope": "shared",
    "CorsAllowOrigins": "https://shop.example,https://other.example",
    "JwtIssuer": "https://issuer.test",
    "AlarmEmail": "oncall@shop.example",
    "SnapStart": "on",
    "PythonRuntime": "python3.13",
    "UpstreamUrl": STAND_IN,
}
OUTPUTS = {
    "ApiId": "abc",
    "ApiUrl": API,
    "AlarmTopic": "arn:aws:sns:eu-west-1:1:topic",
    "FunctionName": "proxy-search",
    "LogGroup": "/aws/lambda/proxy-search",
}
Answer = tuple[int, dict[str, str], Any]


def cached(outcome: str, request_id: str = "") -> Answer:
    status = f"image-search-proxy; {outcome}; ttl=60"
    headers = {"Cache-Status": status, "apigw-requestid": request_id, **KEPT}
    return 200, headers, {"result_id": "r1", "response": {"results": []}}


def failed(status: int, code: str, **more: Any) -> Answer:
    return status, {}, {"errors": [{"code": code}], **more}


def seen(**headers: str) -> Answer:
    sent = {"user-agent": AGENT, "x-forwarded-for": "192.0.2.1", "x-cnstrc-token": "t", **headers}
    return 200, {}, [{"headers": sent}, {"headers": sent}, {"headers": {"user-agent": "other"}}]


FORM = {"url": f"{BUCKET}/", "fields": {"key": "uploads/1"}}


def all_answers() -> dict[str, Answer]:
    return {
        "health": (200, {"apigw-requestid": "health-1"}, {"status": "ok"}),
        "contract": (200, {}, json.loads(CONTRACT.read_text())),
        "without sign-in": (401, {}, {"message": "Unauthorized"}),
        "search": cached("fwd=miss; stored", "search-1"),
        "again": cached("hit"),
        "head": (200, cached("hit")[1], None),
        "not modified": (304, KEPT, None),
        "form": failed(404, "image_not_found", upload=FORM),
        "upload": (204, {}, None),
        "by hash": cached("hit"),
        "preflight": (204, {"Access-Control-Allow-Origin": "https://shop.example"}, None),
        "wrong route": failed(404, "not_found"),
        "too large": (413, {}, {"message": "Request Entity Too Large"}),
        "seen": seen(),
    }


@dataclass
class Deployment:
    """One that does all, on AWS."""

    parameters: dict[str, str] = field(default_factory=PARAMETERS.copy)
    answers: dict[str, Answer] = field(default_factory=all_answers)
    is_local: bool = False
    token: str = "jwt"
    key: str = ""
    requests: list[tuple[str, httpx.Request]] = field(default_factory=list)
    aws: ScriptedAws = field(
        default_factory=lambda: ScriptedAws(
            {
                "logs.FilterLogEvents": logged(
                    {"id": "search-1", "status": 200, "UpstreamCalls": [1.0]},
                    {"id": "health-1", "status": "200"},
                ),
                "cloudwatch.GetMetricStatistics": {"Datapoints": [{"Sum": 2.0}]},
                "sns.ListSubscriptionsByTopic": subscribed("arn:aws:sns:1"),
                "lambda.GetFunctionConfiguration": {"SnapStart": {"OptimizationStatus": "On"}},
            }
        )
    )

    def shows(self, answer: Answer) -> None:
        """A local one, whose stand-in shows what it received."""
        self.is_local = True
        self.answers["seen"] = answer

    def answer(self, request: httpx.Request) -> httpx.Response:
        kind = self._kind(request)
        self.requests.append((kind, request))
        status, headers, body = self.answers[kind]
        content = b"" if body is None else json.dumps(body).encode()
        return httpx.Response(status, headers=headers, content=content)

    def rows(self, pause: Callable[[float], None] | None = None) -> dict[str, tuple[str, str]]:
        """What `make smoke` shows of each: its verdict, and what it got."""
        session = self.aws.session()
        target = Target("proxy", API, self.is_local, self.parameters, OUTPUTS, session)
        transport = httpx.MockTransport(self.answer)
        with httpx.Client(transport=transport, headers={"User-Agent": AGENT}) as http:
            api = Api(target, http, self.token, self.key)
            traces = Traces(api, pause or (lambda _: None), patience=0.0)
            found = list(made(chain(api.checks(), traces.checks())))
        return {each.what: (each.finding.verdict.value, each.finding.got) for each in found}

    def asked(self, kind: str) -> list[httpx.Request]:
        return [request for each, request in self.requests if each == kind]

    def _kind(self, request: httpx.Request) -> str:
        """Which of the answers is meant."""
        place = {
            "/health": "health",
            "/openapi.json": "contract",
            "/v2/no-such-route": "wrong route",
        }
        if request.url.path in place:
            return place[request.url.path]
        if request.url.host != "api.test":
            return "upload" if request.method == "POST" else "seen"
        if request.method == "POST":
            if len(request.content) == 5_000_000:
                return "too large"
            return "again" if self.asked("search") else "search"
        if request.method in ("HEAD", "OPTIONS"):
            return {"HEAD": "head", "OPTIONS": "preflight"}[request.method]
        if "If-None-Match" in request.headers:
            return "not modified"
        if (
            not request.headers.keys() & {"authorization", "x-api-key"}
            and self.parameters["JwtIssuer"]
        ):
            return "without sign-in"
        return "by hash" if self.asked("upload") else "form"


def logged(*lines: dict[str, Any]) -> Any:
    """Found by what is looked for, as by CloudWatch's filter."""

    def find(body: bytes) -> Any:
        wanted = json.loads(body)["filterPattern"].strip('"')
        events = [{"message": json.dumps(each)} for each in lines if each["id"] == wanted]
        return {"events": events}

    return find


def subscribed(*arns: str) -> Any:
    return {"Subscriptions": [{"SubscriptionArn": each} for each in arns]}


@pytest.fixture
def deployment() -> Deployment:
    return Deployment()


def verdicts(rows: dict[str, tuple[str, str]], verdict: str) -> dict[str, str]:
    return {what: said for what, (found, said) in rows.items() if found == verdict}


def test_a_deployment_that_does_all_is_right(deployment):
    rows = deployment.rows()
    assert verdicts(rows, "WRONG") == {}
    assert verdicts(rows, "skipped") == {
        "upstream saw": "upstream shows it to no one; Constructor finds it by result_id r1 and r1",
    }


def test_it_makes_two_searches_and_asks_for_one_of_them_again(deployment):
    deployment.rows()
    searches = [kind for kind, _ in deployment.requests if kind in ("search", "again", "by hash")]
    assert searches == ["search", "again", "by hash"]


FAILING: list[tuple[str, Callable[[Deployment], Any], str]] = [
    ("health", lambda d: d.answers.update(health=(503, {}, {"message": "no"})), "503"),
    (
        "contract",
        lambda d: d.answers.update(contract=(200, {}, {"openapi": "3.1.0"})),
        "200, another document",
    ),
    ("sign-in", lambda d: d.answers.update({"without sign-in": cached("hit")}), "200"),
    (
        "search by body",
        lambda d: d.answers.update(search=failed(502, "upstream_rejected_credentials")),
        "502 upstream_rejected_credentials",
    ),
    ("search by body", lambda d: d.answers.update(search=cached("fwd=miss")), "200, fwd=miss"),
    (
        "the same again",
        lambda d: d.answers.update(again=cached("fwd=miss; stored")),
        "200, fwd=miss, stored, the same answer",
    ),
    (
        "HEAD by hash",
        lambda d: d.answers.update(head=(200, {**cached("hit")[1], "ETag": '"2"'}, None)),
        "200, hit, another ETag, 0 bytes",
    ),
    (
        "If-None-Match",
        lambda d: d.answers.update({"not modified": (200, {}, {})}),
        "200, 2 bytes",
    ),
    (
        "HEIC: hash first",
        lambda d: d.answers.update(form=failed(404, "image_not_found")),
        "404 image_not_found, no form",
    ),
    ("HEIC: upload to S3", lambda d: d.answers.update(upload=(403, {}, None)), "403"),
    (
        "HEIC: search",
        lambda d: d.answers.update({"by hash": failed(422, "corrupt_image")}),
        "422 corrupt_image, none",
    ),
    (
        "CORS preflight",
        lambda d: d.answers.update(preflight=(204, {}, None)),
        "204, allows no origin",
    ),
    (
        "wrong route",
        lambda d: d.answers.update({"wrong route": (404, {}, {"message": "Not Found"})}),
        "404",
    ),
    (
        "5 MB in a request",
        lambda d: d.answers.update({"too large": failed(413, "image_too_large")}),
        "413, by the function",
    ),
    (
        "upstream saw",
        lambda d: d.shows(seen(**{"x-forwarded-for": "192.0.2.1, 192.0.2.2"})),
        "0 with end user and token",
    ),
    ("upstream saw", lambda d: d.shows((200, {}, [])), "none"),
    (
        "the function's log",
        lambda d: d.aws.answers.update({"logs.FilterLogEvents": {"events": []}}),
        "no line",
    ),
    (
        "the function's log",
        lambda d: d.aws.answers.update(
            {"logs.FilterLogEvents": logged({"id": "search-1", "status": 200})}
        ),
        "a line: 200, 0 upstream calls",
    ),
    (
        "access log",
        lambda d: d.aws.answers.update({"logs.FilterLogEvents": "ResourceNotFoundException"}),
        "ResourceNotFoundException",
    ),
    (
        "metrics",
        lambda d: d.aws.answers.update({"cloudwatch.GetMetricStatistics": {"Datapoints": []}}),
        "0",
    ),
    (
        "alarm topic",
        lambda d: d.aws.answers.update(
            {"sns.ListSubscriptionsByTopic": subscribed("PendingConfirmation")}
        ),
        "0 confirmed, 1 pending",
    ),
    (
        "alarm topic",
        lambda d: d.aws.answers.update({"sns.ListSubscriptionsByTopic": subscribed()}),
        "0 confirmed, 0 pending",
    ),
    (
        "SnapStart",
        lambda d: d.aws.answers.update(
            {"lambda.GetFunctionConfiguration": {"SnapStart": {"OptimizationStatus": "Off"}}}
        ),
        "Off",
    ),
]


@pytest.mark.parametrize(("what", "breaks", "got"), FAILING)
def test_what_a_deployment_does_not_do_is_wrong(deployment, what, breaks, got):
    breaks(deployment)
    verdict, said = deployment.rows()[what]
    assert (verdict, got in said) == ("WRONG", True), said


def test_each_check_is_seen_failing(deployment):
    assert {what for what, _, _ in FAILING} == set(deployment.rows())


def test_a_local_stack_shows_what_upstream_saw_and_says_what_an_emulator_lacks(deployment):
    deployment.is_local = True
    rows = deployment.rows()
    assert (rows["upstream saw"], verdicts(rows, "skipped")) == (
        ("ok", "2 with end user and token"),
        {
            "access log": "the emulator's gateway writes none",
            "metrics": "the emulator makes no metrics of log lines",
        },
    )


@pytest.mark.parametrize(
    ("parameter", "needed", "header"),
    [("JwtIssuer", "TOKEN", "Authorization"), ("RequireApiKey", "KEY", "x-api-key")],
)
def test_who_calls_signs_in_or_it_is_said_how(deployment, parameter, needed, header):
    deployment.parameters |= {"JwtIssuer": "", parameter: "true"}
    deployment.token, deployment.key = "", ""
    searched = [deployment.rows()[each] for each in ("search by body", "HEIC: hash first")]
    assert searched == [("skipped", f"callers sign in: make smoke {needed}=…")] * 2
    again = replace(Deployment(deployment.parameters), token="secret", key="secret")
    again.rows()
    (search,) = again.asked("search")
    assert search.headers[header].removeprefix("Bearer ") == "secret"
    assert header not in again.asked("upload")[0].headers


def test_what_is_not_asked_for_is_not_sent(deployment):
    """The shell's TOKEN may be another service's."""
    deployment.parameters["JwtIssuer"] = ""
    deployment.key = "key"
    deployment.rows()
    sent = [
        {*request.headers} & {"authorization", "x-api-key"} for _, request in deployment.requests
    ]
    assert set().union(*sent) == set()


def test_where_anyone_may_call_no_web_page_does_and_nobody_is_alarmed_it_says_so(deployment):
    deployment.parameters |= {"JwtIssuer": "", "CorsAllowOrigins": "", "AlarmEmail": ""}
    deployment.parameters["SnapStart"] = "off"
    deployment.aws.answers["sns.ListSubscriptionsByTopic"] = subscribed()
    skipped = verdicts(deployment.rows(), "skipped")
    assert skipped.keys() - {"upstream saw"} == {
        "sign-in",
        "CORS preflight",
        "alarm topic",
        "SnapStart",
    }


def test_without_a_cache_there_is_no_hit_to_expect(deployment):
    deployment.parameters["CacheScope"] = "off"
    deployment.answers["search"] = (200, {"Cache-Status": "p; fwd=bypass"}, cached("")[2])
    rows = deployment.rows()
    assert rows["search by body"] == ("ok", "200, fwd=bypass")
    assert verdicts(rows, "skipped").keys() >= {"the same again", "HEAD by hash", "If-None-Match"}


def test_what_comes_late_is_waited_for(deployment):
    late: Iterator[Any] = iter([{"events": []}, {"events": []}])
    found = deployment.aws.answers["logs.FilterLogEvents"]
    deployment.aws.answers["logs.FilterLogEvents"] = lambda body: next(late, None) or found(body)
    session, paused = deployment.aws.session(), list[float]()
    target = Target("proxy", API, False, PARAMETERS, OUTPUTS, session)
    with httpx.Client(transport=httpx.MockTransport(deployment.answer)) as http:
        api = Api(target, http, "jwt")
        api.check_search()
        finding = Traces(api, paused.append).check_log()
    assert (finding.got, len(paused)) == ("a line: 200, 1 upstream calls", 2)


@pytest.mark.parametrize(
    ("name", "url"),
    [("dev", API), ("local", "http://127.0.0.1:4566/_aws/execute-api/abc")],
)
def test_the_api_is_where_the_stack_says_or_where_the_emulator_serves_it(monkeypatch, name, url):
    if name == "local":
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    stack = {
        "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in OUTPUTS.items()],
        "Parameters": [],
    }
    aws = ScriptedAws({"cloudformation.DescribeStacks": {"Stacks": [stack]}})
    environment = Environment(name, "proxy", "eu-west-1", None, asks=False)
    assert Target.find(environment, aws.session()).url == url


def test_no_run_searches_with_another_ones_photo():
    made_of: Iterable[Callable[[], bytes]] = (photos.jpeg, photos.heic)
    assert [make() == make() for make in made_of] == [False, False]
    assert (photos.jpeg()[:2], photos.heic()[4:12]) == (b"\xff\xd8", b"ftypheic")
