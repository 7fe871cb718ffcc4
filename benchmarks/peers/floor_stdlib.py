"""The steps of a search by the standard library, and no more than they need: no router, no
validation, no lease, no quota, no log."""

import base64
import gzip
import hashlib
import http.client
import json
import os
import urllib.parse

import boto3

TABLE = os.environ["CACHE_TABLE"]
UPSTREAM = urllib.parse.urlsplit(os.environ["UPSTREAM_URL"]).netloc
dynamodb = boto3.client("dynamodb")
s3 = boto3.client("s3")
connection = http.client.HTTPConnection(UPSTREAM)


def lambda_handler(event, context):
    image = None
    if event["requestContext"]["http"]["method"] == "GET":
        digest = event["rawPath"].rpartition("/")[2]
    else:
        image = read_image(event)
        digest = hashlib.sha256(image).hexdigest()
    item = dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": digest}}).get("Item")
    if item is None:
        return answered(search(image, digest), {})
    headers = {"ETag": f'"{item["tag"]["B"].hex()}-gzip"'}
    if event["headers"].get("if-none-match") == headers["ETag"]:
        return {"statusCode": 304, "headers": headers}
    return answered(gzip.decompress(item["body"]["B"]), headers)


def read_image(event):
    if event["isBase64Encoded"]:
        return base64.b64decode(event["body"])
    reference = json.loads(event["body"])
    if "image" in reference:
        return base64.b64decode(reference["image"])
    bucket, _, key = reference["s3_uri"].removeprefix("s3://").partition("/")
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def search(image, digest):
    body = ask(image)
    dynamodb.put_item(
        TableName=TABLE, Item={"pk": {"S": digest}, "body": {"B": gzip.compress(body, 6)}}
    )
    return body


def ask(image):
    connection.request("POST", "/v2/image_search?key=k", image)
    return connection.getresponse().read()


def answered(body, headers):
    headers = {"Content-Type": "application/json", **headers}
    return {"statusCode": 200, "headers": headers, "body": body.decode()}
