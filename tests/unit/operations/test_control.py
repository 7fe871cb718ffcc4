"""Operators' commands on the control item, in moto's table."""

import boto3
import pytest

from image_search.search.control_item import KEY, Control
from operations import control
from operations.control import Deployed, main
from operations.environment import EnvironmentProblem
from wire import TABLE


@pytest.fixture
def deployed(stack, dev):
    return Deployed.find(dev, dev.session())


def put(**attributes):
    boto3.client("dynamodb").put_item(TableName=TABLE, Item={"pk": {"S": KEY}, **attributes})


def test_each_command_changes_its_own_attributes(deployed):
    control.pause(deployed)
    control.cap(deployed, 5000)
    control.purge(deployed)
    generation = deployed.control().generation
    assert deployed.control() == Control(5000, generation, paused=True)
    control.resume(deployed)
    control.cap(deployed, None)
    assert deployed.control() == Control(None, generation)


def test_each_command_says_how_to_undo_it(deployed):
    said = [
        control.cap(deployed, 5000),
        control.cap(deployed, 7000),
        control.cap(deployed, None),
        control.pause(deployed),
        control.resume(deployed),
        control.purge(deployed),
        control.undo_purge(deployed),
    ]
    assert said == [
        "make cap ENV=dev CALLS=template",
        "make cap ENV=dev CALLS=5000",
        "make cap ENV=dev CALLS=7000",
        "make resume ENV=dev",
        "make pause ENV=dev",
        "make purge ENV=dev UNDO=1",
        "make purge ENV=dev",
    ]


def test_a_purge_forgets_what_was_searched_and_its_undoing_finds_it_again(deployed, build_proxy):
    def ask():
        return "hit" in build_proxy().post().cache_status

    found = [ask(), ask()]
    control.purge(deployed)
    found += [ask(), ask()]
    control.undo_purge(deployed)
    assert [*found, ask()] == [False, True, False, True, True]


def test_a_second_purge_is_undone_to_the_first(deployed):
    control.purge(deployed)
    first = deployed.control()
    control.purge(deployed)
    second = deployed.control()
    control.undo_purge(deployed)
    assert (deployed.control(), first != second) == (first, True)


def test_a_purge_is_new_even_if_the_item_was_lost(deployed):
    control.purge(deployed)
    before = deployed.control().generation
    boto3.client("dynamodb").delete_item(TableName=TABLE, Key={"pk": {"S": KEY}})
    control.purge(deployed)
    assert deployed.control().generation > before


def test_where_nothing_was_purged_nothing_is_undone(deployed):
    with pytest.raises(EnvironmentProblem, match="no purge to undo"):
        control.undo_purge(deployed)


@pytest.mark.parametrize("command", [control.purge, lambda found: control.cap(found, 1)])
def test_a_command_repairs_its_own_attribute(deployed, command):
    put(calls_per_day={"N": "1"}, generation={"S": "odd"})
    control.purge(deployed)
    put(calls_per_day={"S": "odd"}, generation=deployed.read()["generation"])
    control.cap(deployed, 1)
    assert deployed.control().calls_per_day == 1


def test_what_holds_is_shown(deployed):
    shown = [control.described(deployed)]
    put(calls_per_day={"N": "5000"}, generation={"N": "7"}, paused={"BOOL": True})
    shown.append(control.described(deployed))
    assert shown == [
        "Daily cap: 1000000, UpstreamCallsPerDay of the template\n"
        "Cache generation: that of the template, without a purge\n"
        "Upstream calls: made as needed",
        "Daily cap: 5000, instead of UpstreamCallsPerDay = 1000000\n"
        "Cache generation: 7\n"
        "Upstream calls: PAUSED",
    ]


def test_a_malformed_item_is_shown_as_it_is(deployed):
    put(paused={"S": "yes"})
    assert "cannot be understood" in control.described(deployed)
    assert control.notice(deployed).startswith("WARNING: ")


def test_a_deployment_warns_of_what_stands_above_its_parameters(deployed):
    said = [control.notice(deployed)]
    put(calls_per_day={"N": "5000"}, paused={"BOOL": True})
    said.append(control.notice(deployed))
    assert said == [
        "",
        "WARNING: UpstreamCallsPerDay = 1000000 has no effect: the daily cap is 5000 until "
        "`make cap ENV=dev CALLS=template`.\n"
        "WARNING: upstream calls are paused until `make resume ENV=dev`.",
    ]


# --- as they are typed ----------------------------------------------------------------------------


@pytest.fixture
def typed(stack, sam_config, monkeypatch, capsys):
    """Runs a command; its status, and what it prints."""
    monkeypatch.setattr("operations.environment.SAM_CONFIG", sam_config)

    def run(*words):
        status = main(list(words))
        out, err = capsys.readouterr()
        return status, (out + err).splitlines()

    return run


def test_a_command_names_what_it_acts_on_and_how_to_undo_it(typed):
    assert typed("--environment", "dev", "cap", "5000") == (
        0,
        [
            "dev: stack proxy, region eu-west-1, account 123456789012",
            "Done: every sandbox applies it within 15 s. To undo it: "
            "make cap ENV=dev CALLS=template",
            "Daily cap: 5000, instead of UpstreamCallsPerDay = 1000000",
            "Cache generation: that of the template, without a purge",
            "Upstream calls: made as needed",
        ],
    )


def test_without_an_environment_nothing_is_done(typed):
    status, (said,) = typed("pause")
    assert (status, said.startswith("ENV is missing")) == (1, True)


def test_prod_is_not_changed_unasked(typed):
    status, said = typed("--environment", "prod", "pause")
    assert (status, said[-1]) == (1, "prod asks before it is changed: add YES=1 in scripts.")
    assert typed("--environment", "prod", "show")[1][-1] == "Upstream calls: made as needed"
    assert typed("--environment", "prod", "--yes", "pause")[1][-1] == "Upstream calls: PAUSED"


@pytest.mark.parametrize("calls", ["", "0", "-1", "1e6", "1000000001", "٣", "many"])
def test_a_cap_that_is_none_is_refused(typed, calls):
    status, (said,) = typed("--environment", "dev", "cap", "--", calls)
    assert (status, said) == (
        1,
        "CALLS should be a number from 1 to 1000000000, or template. "
        "To make no calls at all: make pause",
    )


def test_what_is_in_the_way_of_a_notice_does_not_fail_the_deployment(typed):
    boto3.client("cloudformation").delete_stack(StackName="proxy")
    status, (said,) = typed("--environment", "dev", "notice")
    assert (status, "proxy does not exist" in said) == (0, True)
