"""Sandboxes made anew, with an environment of a test's choice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from e2e.conftest import LocalStack

_ALIAS = "live"


@contextmanager
def environment_kept(stack: LocalStack) -> Iterator[None]:
    """Puts back what the function was deployed with."""
    deployed = stack.lambda_.get_function_configuration(FunctionName=stack.function)
    version = stack.lambda_.get_alias(FunctionName=stack.function, Name=_ALIAS)["FunctionVersion"]
    yield
    stack.lambda_.update_function_configuration(
        FunctionName=stack.function, Environment={"Variables": deployed["Environment"]["Variables"]}
    )
    stack.lambda_.update_alias(FunctionName=stack.function, Name=_ALIAS, FunctionVersion=version)


def start_anew(stack: LocalStack, variables: Mapping[str, str]) -> None:
    """The next request meets a new sandbox, with these variables beside the deployed ones."""
    given = stack.lambda_.get_function_configuration(FunctionName=stack.function)
    together = {**given["Environment"]["Variables"], **variables, "STARTED": uuid.uuid4().hex}
    stack.lambda_.update_function_configuration(
        FunctionName=stack.function, Environment={"Variables": together}
    )
    published = stack.lambda_.publish_version(FunctionName=stack.function)["Version"]
    stack.lambda_.update_alias(FunctionName=stack.function, Name=_ALIAS, FunctionVersion=published)
