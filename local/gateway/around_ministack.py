"""Puts the gateway around MiniStack's HTTP APIs, in its process.

All that is replaced is private to MiniStack: it is checked first, and the exact version is pinned
in `requirements/`.
"""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.services import apigateway, lambda_svc

from gateway import http_api
from gateway.answers import Answer
from gateway.http_api import HttpApi

# The first parameters of each function that is replaced.
_EXPECTED = {
    "handle_execute": ["api_id", "stage", "path", "method", "headers", "body"],
    "_invoke_lambda_proxy": ["integration", "api_id", "stage"],
    "_cors_preflight_response": ["cors_cfg", "origin"],
    "_cors_response_headers": ["cors_cfg", "origin"],
}


def put_around(gateway: HttpApi) -> None:
    """Replace MiniStack's own ways, which call these functions by their names in its modules."""
    for name, parameters in _EXPECTED.items():
        _require_parameters(getattr(apigateway, name), parameters)
    _require_parameters(lambda_svc._execute_function_with_config_scope, ["func", "event"])
    _replace_execution(gateway)
    _replace_invocation(gateway)
    apigateway._cors_preflight_response = lambda configuration, _: http_api.preflight(configuration)
    apigateway._cors_response_headers = _no_headers


def _replace_execution(gateway: HttpApi) -> None:
    execute = apigateway.handle_execute
    integrate = apigateway._invoke_lambda_proxy

    async def handle_execute(
        api_id: str,
        stage: str,
        path: str,
        method: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
        raw_query_string: str | None = None,
    ) -> Answer:
        emulated = partial(
            execute, api_id, stage, path, method, headers, body, query_params, raw_query_string
        )
        line = f"{method} {path}{'?' if raw_query_string else ''}{raw_query_string or ''}"
        return await gateway.execute(emulated, line, headers, body)

    async def invoke_lambda_proxy(
        integration: dict[str, Any],
        api_id: str,
        stage: str,
        path: str,
        method: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
        route_key: str = "$default",
        *rest: object,
        **named: object,
    ) -> Answer:
        emulated = partial(
            integrate, integration, api_id, stage, path, method, headers, body, query_params
        )
        settings = apigateway._stages.get(api_id, {}).get(stage, {})
        route = (api_id, stage, route_key)
        return await gateway.integrate(
            partial(emulated, route_key, *rest, **named), route, settings
        )

    apigateway.handle_execute = handle_execute
    apigateway._invoke_lambda_proxy = invoke_lambda_proxy


def _replace_invocation(gateway: HttpApi) -> None:
    invoke = lambda_svc._execute_function_with_config_scope

    def invoke_within_limits(function: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        return gateway.invoke(partial(invoke, function), event)

    lambda_svc._execute_function_with_config_scope = invoke_within_limits


def _no_headers(configuration: dict[str, Any], _: str) -> dict[str, str]:
    """The gateway adds them itself, in place of the function's."""
    http_api.add_cors(configuration)
    return {}


def _require_parameters(function: Callable[..., Any], first: list[str]) -> None:
    found = list(inspect.signature(function).parameters)[: len(first)]
    if found != first:
        raise SystemExit(
            f"MiniStack's {function.__name__} now takes {found}, expected {first}: "
            "adapt local/gateway/around_ministack.py to the pinned version"
        )
