"""Attributes of other types are compared by Amazon as by the table that unit tests have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dynamodb_local.amazon import Amazon
from dynamodb_local.conftest import MeteredTable
from odd_items import ODD, OddTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = {"pk": {"S": "k"}}
UPDATES = [
    ("SET w = :w", "NOT v > :text", {":text": {"S": ""}}),
    ("SET w = :w", "NOT v >= :number", {":number": {"N": "0"}}),
    ("SET w = :w", "attribute_not_exists(v) OR v >= :number", {":number": {"N": "2"}}),
    ("SET w = :w", "v > :number", {":number": {"N": "1"}}),
    ("SET w = :w", "v = :number", {":number": {"N": "7"}}),
    ("ADD v :number SET w = :w", "attribute_exists(pk)", {":number": {"N": "1"}}),
]


@pytest.mark.parametrize(("update", "condition", "values"), UPDATES)
@pytest.mark.parametrize("form", ODD)
def test_an_odd_attribute(
    amazon: Amazon,
    table: MeteredTable,
    form: str,
    update: str,
    condition: str,
    values: dict[str, dict[str, str]],
) -> None:
    def code_of(client: DynamoDBClient | OddTable) -> str:
        client.put_item(TableName=table.name, Item=KEY | ({"v": odd} if odd else {}))
        try:
            client.update_item(
                TableName=table.name,
                Key=KEY,
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues={**values, ":w": {"S": "w"}},
                ReturnValues="NONE",
            )
        except amazon.client.exceptions.ClientError as error:
            return str(error.response["Error"]["Code"])
        return "done"

    odd = ODD[form]
    assert code_of(OddTable()) == code_of(amazon.client)
