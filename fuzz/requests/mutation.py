"""Changes cases: a part for another, something more or less, a number, a letter."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from fuzz.requests.grammar import Case, Grammar

_NUMBERS = (0, 1, -1, 2, 8, 20, 99, 101, 1_000, 65_535, 1_500_000)
_MOST_LETTERS = 6_000


class Mutation:
    """``chance``: what everything is drawn from."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._grammar = Grammar(chance)

    def of(self, case: Case, other: Case) -> Case:
        """One to four changes. ``other``: where parts may come from. A new case where it has grown
        too large."""
        changed = copy.deepcopy(case)
        for _ in range(self._chance.choice((1, 1, 2, 4))):
            self._change(changed, other)
        if len(json.dumps(changed)) > _MOST_LETTERS:
            return self._grammar.case()
        return changed

    def _change(self, case: Case, other: Case) -> None:
        chance, grammar = self._chance, self._grammar
        draw = chance.random()
        if draw < 0.1:
            case["upstream"] = [grammar.upstream()]
        elif draw < 0.2:
            case["table"] = [*case.get("table", ()), grammar.table()][-4:]
        elif draw < 0.25:
            case["s3"] = [grammar.s3()]
        elif draw < 0.35:
            name = chance.choice(("requests", "upstream", "table", "s3", "deployment"))
            if name in other:
                case[name] = copy.deepcopy(other[name])
        elif draw < 0.45:
            request = chance.choice(case["requests"])
            fresh = grammar.request()
            name = chance.choice(list(fresh))
            request[name] = fresh[name]
        elif draw < 0.5 and len(case["requests"]) < 3:
            case["requests"].append(copy.deepcopy(chance.choice(case["requests"])))
        else:
            self._change_within(case)

    def _change_within(self, case: Case) -> None:
        """One leaf of what is written in pieces."""
        leaves = list(_leaves(case))
        holder, at = self._chance.choice(leaves)
        holder[at] = self._changed(holder[at])

    def _changed(self, leaf: Any) -> Any:
        chance, grammar = self._chance, self._grammar
        if isinstance(leaf, bool):
            return not leaf
        if isinstance(leaf, int):
            return chance.choice((leaf + 1, leaf * 2, leaf // 2, chance.choice(_NUMBERS)))
        if not isinstance(leaf, str) or chance.random() < 0.2:
            return grammar.text()
        at = chance.randrange(len(leaf) + 1)
        cut = chance.choice((0, 0, 1, 3))
        put = chance.choice(
            (grammar.text(), "", chance.choice('\x00%&="\\[]{}+,;/é'), grammar.said())
        )
        return [leaf[:at], put, leaf[at + cut :]]


# Members whose values are pieces, numbers or truths: any other says what kind of thing it is.
_OPEN = {"path", "query", "headers", "body", "base64", "subject", "status", "message", "length"}
_OPEN |= {"repeat", "times", "percent", "string", "gzip", "sha256", "edited", "item", "identity"}
_LISTS = {"requests", "upstream", "table", "s3", "lambda"}


def _leaves(value: Any, name: str = "") -> Any:
    """Places of texts, numbers and truths: what holds each, and where."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for at, each in members:
        inner = at if isinstance(value, dict) else name
        if isinstance(each, (dict, list)):
            if inner in _OPEN | _LISTS:
                yield from _leaves(each, inner)
        elif inner in _OPEN and not _is_name(value, at, inner):
            yield value, at


def _is_name(value: Any, at: Any, name: str) -> bool:
    """Of headers and attributes, which are named in pairs and threes, the name and the type."""
    if name == "headers":
        return bool(at == 0)
    return name == "item"
