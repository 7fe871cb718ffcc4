"""A miss as in ``floor_stdlib``, with the two writes that keep its cost in bounds: the caller's
quota, and the lease, so that one searches for all who ask."""

import gzip
import hashlib
import time

import floor_stdlib
from floor_stdlib import TABLE, dynamodb


def lambda_handler(event, context):
    image = floor_stdlib.read_image(event)
    digest = hashlib.sha256(image).hexdigest()
    key = {"pk": {"S": digest}}
    item = dynamodb.get_item(TableName=TABLE, Key=key).get("Item")
    if item is not None:
        return floor_stdlib.answered(gzip.decompress(item["body"]["B"]), {})
    dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "limit"}},
        UpdateExpression="ADD used :one",
        ConditionExpression="attribute_not_exists(used) OR used < :limit",
        ExpressionAttributeValues={":one": {"N": "1"}, ":limit": {"N": "1000000000"}},
    )
    token = {":token": {"N": str(time.time_ns() // 1_000_000)}}
    dynamodb.update_item(
        TableName=TABLE,
        Key=key,
        UpdateExpression="SET lease = :token",
        ConditionExpression="attribute_not_exists(lease) OR lease < :token",
        ExpressionAttributeValues=token,
    )
    body = floor_stdlib.ask(image)
    dynamodb.put_item(
        TableName=TABLE,
        Item={**key, "body": {"B": gzip.compress(body, 6)}},
        ConditionExpression="lease = :token",
        ExpressionAttributeValues=token,
    )
    return floor_stdlib.answered(body, {})
