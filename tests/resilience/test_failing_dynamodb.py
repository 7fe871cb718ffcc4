"""DynamoDB fails at any step of a search: it is answered, and waits for little."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resilience.conftest import Crowd, Timed, new_segment
from resilience.dynamodb_proxy import DynamoDbProxy, TableFault, dynamodb_proxy
from resilience.sandboxes import environment_kept, start_anew

ATTEMPTS, ATTEMPT_SECONDS, LONGEST_BACKOFF = 2, 1.0, 1.0
ONE_REQUEST_SECONDS = ATTEMPTS * ATTEMPT_SECONDS + LONGEST_BACKOFF
MOST_ADDED_SECONDS = 2 * ONE_REQUEST_SECONDS
"""One use of the table finds out, and the answer at hand is offered to it all the same."""


@pytest.fixture
def proxy(crowd: Crowd) -> Iterator[DynamoDbProxy]:
    target = crowd.stack.dynamodb.meta.endpoint_url
    with dynamodb_proxy(target) as proxy, environment_kept(crowd.stack):
        yield proxy


def search_anew(crowd: Crowd, proxy: DynamoDbProxy) -> Timed:
    """In a new sandbox, which has not yet met a failing table."""
    start_anew(crowd.stack, {"AWS_ENDPOINT_URL_DYNAMODB": proxy.url})
    return crowd.search(new_segment())


@pytest.mark.parametrize("fault", TableFault)
def test_a_search_is_answered_whenever_the_table_fails(
    crowd: Crowd, proxy: DynamoDbProxy, fault: TableFault
) -> None:
    proxy.watch()
    well = search_anew(crowd, proxy)
    steps = proxy.operations
    # Of the answer, the control item, the lease and the circuit.
    assert (steps.count("GetItem"), steps[-2:]) == (4, ["PutItem", "UpdateItem"])
    found = []
    for step in range(len(steps)):
        proxy.start_failing(fault, after=step)
        found.append(search_anew(crowd, proxy))
        proxy.recover()
    assert [each.response.status_code for each in found] == [200] * len(steps)
    assert {each.response.json()["response"]["total_num_results"] for each in found} == {
        well.response.json()["response"]["total_num_results"]
    }
    # A new sandbox takes what the machine needs for one: three times that, in case it is busier.
    assert max(each.seconds for each in found) < 3 * well.seconds + MOST_ADDED_SECONDS
