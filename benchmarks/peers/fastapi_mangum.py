"""The same as a FastAPI application behind Mangum, with httpx: raw bytes in, JSON out.

Answers are stored compressed.
"""

import gzip
import hashlib
import json
import os
import time

import boto3
import httpx
from fastapi import FastAPI, Request, Response
from mangum import Mangum

TABLE = os.environ["CACHE_TABLE"]
TTL_SECONDS = 3600

app = FastAPI()
dynamodb = boto3.client("dynamodb")
client = httpx.AsyncClient(base_url=os.environ["UPSTREAM_URL"], timeout=20)
secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET"])
credentials = json.loads(secret["SecretString"])


@app.post("/v2/image_search")
async def image_search(request: Request) -> Response:
    image = await request.body()
    key = hashlib.sha256(image + request.url.query.encode()).hexdigest()
    item = dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": key}}).get("Item")
    if item and int(item["expires_at"]["N"]) > time.time():
        return as_json(gzip.decompress(item["body"]["B"]))
    found = await client.post(
        "/v2/image_search",
        params=[*request.query_params.multi_items(), ("key", credentials["key"])],
        headers={"x-cnstrc-token": credentials["token"]},
        content=image,
    )
    if found.status_code == 200:
        store(key, found.content)
    return as_json(found.content, found.status_code)


def store(key: str, body: bytes) -> None:
    item = {
        "pk": {"S": key},
        "body": {"B": gzip.compress(body)},
        "expires_at": {"N": str(int(time.time()) + TTL_SECONDS)},
    }
    dynamodb.put_item(TableName=TABLE, Item=item)


def as_json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")


lambda_handler = Mangum(app, lifespan="off")
