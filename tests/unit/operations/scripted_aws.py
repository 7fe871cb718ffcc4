"""AWS as a test wants it: botocore builds and checks each request, and gets what is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
from botocore.loaders import create_loader

# Reading what AWS's services take is most of the time of such a test: done once.
_LOADER = create_loader()


@dataclass
class ScriptedAws:
    """``answers``: by service and operation, as botocore returns them, or an error's code.

    A function is given the request's parameters as they are sent. What is not there fails the test.
    """

    answers: dict[str, Any | Callable[[Any], Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def session(self, region: str | None = "eu-west-1") -> Any:
        core = botocore.session.get_session()
        core.register_component("data_loader", _LOADER)
        session = boto3.Session(
            botocore_session=core,
            region_name=region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        session.events.register("before-call", self._answer)
        return session

    def _answer(self, model: Any, params: Any, **_: Any) -> Any:
        name = f"{model.service_model.service_name}.{model.name}"
        self.asked.append(name)
        answer = self.answers[name]
        if callable(answer):
            answer = answer(params["body"])
        if isinstance(answer, str):
            error = {"Code": answer, "Message": "as scripted"}
            return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {}}
        return SimpleNamespace(status_code=200), answer
