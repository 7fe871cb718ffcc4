"""What is checked: a deployed stack, and where its API is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from operations.environment import LOCAL, Environment, outputs, parameters


@dataclass(frozen=True)
class Target:
    """``url``: of the API, without a trailing slash. ``session``: boto3's."""

    stack_name: str
    url: str
    is_local: bool
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    session: Any = field(repr=False)

    @classmethod
    def find(cls, environment: Environment, session: Any) -> Target:
        """Raises botocore's errors, such as for a stack that is not there."""
        stack = environment.stack(session)
        made, is_local = outputs(stack), environment.name == LOCAL
        emulator = session.client("cloudformation").meta.endpoint_url
        # The output has AWS's host name, which an emulator does not answer to.
        local_url = f"{emulator}/_aws/execute-api/{made['ApiId']}"
        url = local_url if is_local else made["ApiUrl"]
        return cls(environment.stack_name, url, is_local, parameters(stack), made, session)

    def set_to(self, name: str) -> str:
        """The parameter's value; nothing where the deployed template has no such parameter."""
        return self.parameters.get(name, "")

    @property
    def caches(self) -> bool:
        return self.set_to("CacheScope") != "off"
