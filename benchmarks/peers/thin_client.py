"""Imported before a floor, it gives that floor our client of DynamoDB in the place of boto3's."""

import boto3

from image_search.aws import clients
from image_search.aws.json_client.connections import Timeouts

_boto3s = boto3.client


def client(service):
    return clients.dynamodb(Timeouts(0.5, 1)) if service == "dynamodb" else _boto3s(service)


boto3.client = client
