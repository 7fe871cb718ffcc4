"""The table of checks: what it shows, and the status that it ends with."""

import httpx
import pytest
from botocore.exceptions import NoRegionError

from operations.checks import Finding, Row, Skipped, Verdict, made, table


def raising(problem):
    def check():
        raise problem

    return check


def test_a_check_is_right_where_it_got_what_it_expected():
    checks = [("one", lambda: Finding.equal("a", "a")), ("two", lambda: Finding.equal("a", "b"))]
    assert list(made(checks)) == [
        Row("one", Finding("a", "a", Verdict.RIGHT)),
        Row("two", Finding("a", "b", Verdict.WRONG)),
    ]


@pytest.mark.parametrize(
    ("problem", "got"),
    [
        (httpx.ConnectError("refused"), "ConnectError: refused"),
        (KeyError("etag"), "KeyError: 'etag'"),
        (NoRegionError(), "NoRegionError: You must specify a region."),
    ],
)
def test_no_answer_is_wrong_and_the_next_check_is_made(problem, got):
    checks = [("one", raising(problem)), ("two", lambda: Finding.equal("a", "a"))]
    assert [each.finding for each in made(checks)] == [
        Finding("an answer", got, Verdict.WRONG),
        Finding("a", "a", Verdict.RIGHT),
    ]


def test_what_cannot_be_checked_says_why_and_is_not_wrong(capsys):
    status = table([("one", raising(Skipped("there is none")))])
    assert (status, capsys.readouterr().out.splitlines()[1:]) == (
        0,
        ["skipped  one                    not checked: there is none", "", "1 skipped"],
    )


@pytest.mark.parametrize(("verdict", "status"), [("ok", 0), ("note", 0), ("WRONG", 1)])
def test_only_what_is_wrong_fails_the_command(capsys, verdict, status):
    found = Finding("this", "that", Verdict(verdict))
    assert table([("one", lambda: found), ("two", lambda: Finding.equal("a", "a"))]) == status
    row = capsys.readouterr().out.splitlines()[1]
    assert row.split() == [verdict, "one", "this", "that"]
