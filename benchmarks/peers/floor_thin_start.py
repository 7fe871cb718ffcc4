"""``floor_start`` with our client of DynamoDB."""

from image_search.aws import clients
from image_search.aws.json_client.connections import Timeouts

clients.dynamodb(Timeouts(0.5, 1))


def lambda_handler(event, context):
    return {"statusCode": 200}
