"""What is about to be deployed: the template's parameters, as a deployment would take them."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from samcli.yamlhelper import yaml_parse

from operations.checks import Checks, Finding, Skipped
from operations.environment import LOCAL, SAM_CONFIG, Environment, parameters

TEMPLATE = SAM_CONFIG.with_name("template.yaml")
# Lambda takes 64 characters of a function's name, and the longest that is made ends in "-prefetch".
MOST_CHARACTERS = 55
CALLERS = {"JwtIssuer", "RequireApiKey", "AllowAnonymous"}


@dataclass(frozen=True)
class Plan:
    """``deployed``: CloudFormation's description of the stack; None where there is none.

    ``given``: what was ever said of a parameter, here, in samconfig.toml or when it was deployed.
    ``options``: of `sam deploy`, as samconfig.toml has them.
    """

    environment: Environment
    session: Any = field(repr=False)
    deployed: Mapping[str, Any] | None
    given: Mapping[str, str] = field(repr=False)
    options: Mapping[str, Any]
    template: Mapping[str, Any] = field(repr=False)

    @classmethod
    def read(
        cls,
        environment: Environment,
        session: Any,
        words: Iterable[str] = (),
        config: Path = SAM_CONFIG,
    ) -> Plan:
        """``words``: ``Name=value``, which stand above samconfig.toml."""
        template = _template()
        deployed = _described(environment, session)
        options = _options(environment.name, config)
        known = parameters(deployed or {})
        given = {name: value for name, value in known.items() if name in template["Parameters"]}
        for word in (*_overrides(options.get("parameter_overrides", "")), *words):
            name, _, value = word.partition("=")
            given[name] = value
        return cls(environment, session, deployed, given, options, template)

    def value(self, name: str) -> str:
        return self.given.get(name, str(self.template["Parameters"][name].get("Default", "")))

    def client(self, service: str) -> Any:
        return self.session.client(service)

    @property
    def stack_name(self) -> str:
        return self.environment.stack_name

    @property
    def is_local(self) -> bool:
        return self.environment.name == LOCAL

    def is_deployed_with(self, name: str) -> bool:
        """Whether the stack has this parameter's value already."""
        return parameters(self.deployed or {}).get(name) == self.value(name)

    def checks(self) -> Checks:
        return (
            ("stack name", self.check_stack_name),
            ("parameters", self.check_parameters),
            ("who may call", self.check_callers),
        )

    def check_stack_name(self) -> Finding:
        expected = f"letters, digits, hyphens; {MOST_CHARACTERS} at most"
        right = re.fullmatch(rf"[A-Za-z][A-Za-z0-9-]{{0,{MOST_CHARACTERS - 1}}}", self.stack_name)
        got = f"{self.stack_name} ({len(self.stack_name)})"
        return Finding.judged(expected, got, right=right is not None)

    def check_parameters(self) -> Finding:
        if not self.given:
            raise Skipped("none are saved yet: make deploy asks for them")
        wrong = [name for name, value in self.given.items() if not self._is_allowed(name, value)]
        got = f"not allowed: {', '.join(wrong)}" if wrong else f"{len(self.given)} allowed"
        return Finding.judged("values that template.yaml allows", got, right=not wrong)

    def check_callers(self) -> Finding:
        """The template's rules: nothing is deployed without such a choice."""
        is_known = self.deployed or "parameter_overrides" in self.options
        if not is_known and not self.given.keys() & CALLERS:
            raise Skipped("make deploy asks for JwtIssuer, RequireApiKey or AllowAnonymous")
        issuer, anonymous = self.value("JwtIssuer"), self.value("AllowAnonymous") == "true"
        problem = ""
        if issuer and not self.value("JwtAudience"):
            problem = "JwtIssuer without JwtAudience"
        elif issuer and anonymous:
            problem = "JwtIssuer with AllowAnonymous=true"
        elif not (issuer or anonymous or self.value("RequireApiKey") == "true"):
            problem = "none of them"
        expected = "JwtIssuer, RequireApiKey or AllowAnonymous"
        return Finding.judged(expected, problem or "set", right=not problem)

    def _is_allowed(self, name: str, value: str) -> bool:
        rule = self.template["Parameters"].get(name)
        if rule is None:
            return False
        if rule.get("NoEcho") and set(value) == {"*"}:  # as CloudFormation shows it
            return True
        if "AllowedValues" in rule:
            return value in {str(each) for each in rule["AllowedValues"]}
        if rule["Type"] == "Number":
            least, most = rule.get("MinValue", 0), rule.get("MaxValue", float("inf"))
            return value.isascii() and value.isdigit() and least <= int(value) <= most
        return re.search(rule.get("AllowedPattern", ""), value) is not None


@cache
def _template() -> Any:
    return yaml_parse(TEMPLATE.read_text())


def _described(environment: Environment, session: Any) -> Any:
    try:
        stack = environment.stack(session)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    # A stack of that status is a change set that was made and not carried out.
    return None if stack["StackStatus"] == "REVIEW_IN_PROGRESS" else stack


def _options(name: str, config: Path) -> dict[str, Any]:
    part = tomllib.loads(config.read_text()).get(name, {})
    return {
        option: value
        for command in ("global", "deploy")
        for option, value in part.get(command, {}).get("parameters", {}).items()
    }


def _overrides(saved: str | list[str]) -> Iterator[str]:
    """``Name=value`` of what `sam deploy --guided` saves, or of a list of such."""
    yield from shlex.split(saved) if isinstance(saved, str) else saved
