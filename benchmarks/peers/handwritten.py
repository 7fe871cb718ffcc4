"""The Lambda that a good engineer writes in an afternoon: boto3 and requests.

Takes the image as raw bytes or as base64 in JSON. Answers are stored as they come.
"""

import base64
import hashlib
import json
import logging
import os
import time

import boto3
import requests

TABLE = os.environ["CACHE_TABLE"]
UPSTREAM = os.environ["UPSTREAM_URL"]
TTL_SECONDS = 3600

logger = logging.getLogger()
logger.setLevel(logging.INFO)
table = boto3.resource("dynamodb").Table(TABLE)
session = requests.Session()
secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET"])
credentials = json.loads(secret["SecretString"])


def lambda_handler(event, context):
    try:
        image = read_image(event)
    except (KeyError, ValueError):
        return response(400, json.dumps({"message": "cannot read the image"}))
    key = hashlib.sha256(image + event["rawQueryString"].encode()).hexdigest()
    item = table.get_item(Key={"pk": key}).get("Item")
    if item and item["expires_at"] > time.time():
        logger.info("hit %s", key)
        return response(200, item["response"])
    logger.info("miss %s", key)
    found = session.post(
        f"{UPSTREAM}/v2/image_search?{event['rawQueryString']}",
        params={"key": credentials["key"]},
        headers={"x-cnstrc-token": credentials["token"]},
        data=image,
        timeout=20,
    )
    if found.status_code == 200:
        expires_at = int(time.time()) + TTL_SECONDS
        table.put_item(Item={"pk": key, "response": found.text, "expires_at": expires_at})
    return response(found.status_code, found.text)


def read_image(event):
    if event.get("isBase64Encoded"):
        return base64.b64decode(event["body"])
    return base64.b64decode(json.loads(event["body"])["image"])


def response(status, body):
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": body}
