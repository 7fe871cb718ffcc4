"""Which versions serve after a rollback, and after it was undone."""

import pytest

from operations.environment import EnvironmentProblem
from operations.lifecycle.rollback import moves, roll_back
from unit.operations.lifecycle.conftest import publish


@pytest.fixture
def released(functions):
    """Three deployments, the first of them without prefetch."""
    search, prefetch = functions
    publish(search, "a")
    for name in "bc":
        publish(search, name)
        publish(prefetch, name)
    return functions


def lives(functions):
    return [function.live() for function in functions]


def back(environment, *, forward=False, yes=True):
    roll_back(environment, environment.session(), forward=forward, yes=yes)


def test_both_functions_go_back_to_what_one_deployment_published_and_forward_again(
    released, dev, capsys
):
    back(dev)
    assert (lives(released), "UNDO=1" in capsys.readouterr().out) == ([2, 1], True)
    back(dev, forward=True)
    assert lives(released) == [3, 2]


def test_a_function_that_the_release_did_not_have_stays(released, dev):
    back(dev)
    back(dev)
    assert lives(released) == [1, 1]


def test_traffic_that_a_canary_had_goes_back_too(released, dev):
    search, _ = released
    search.lambda_.update_alias(
        FunctionName=search.name,
        Name="live",
        FunctionVersion="2",
        RoutingConfig={"AdditionalVersionWeights": {"3": 0.1}},
    )
    back(dev)
    assert search.in_use() == {1}


@pytest.mark.parametrize(("forward", "direction"), [(True, "after"), (False, "before")])
def test_beyond_the_first_and_the_last_version_there_is_none(functions, forward, direction):
    publish(functions[0], "a")
    with pytest.raises(EnvironmentProblem, match=f"no version {direction} 1"):
        moves(functions, forward=forward)


def test_before_the_first_deployment_there_is_nothing_to_roll_back(aws, dev):
    with pytest.raises(EnvironmentProblem, match="is not deployed"):
        back(dev)


def test_without_an_alias_there_is_nothing_to_roll_back(functions, dev):
    with pytest.raises(EnvironmentProblem, match="no alias"):
        back(dev)
