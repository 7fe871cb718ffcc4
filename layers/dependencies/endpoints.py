"""Writes botocore's `endpoints.json` without the services that are never called.

botocore reads all of it, 1.2 MB of JSON, before its first client is made. It looks for its data
in `AWS_DATA_PATH` first, so a smaller one is found there.
"""

import json
import sys
from pathlib import Path

import botocore

SERVICES = {"dynamodb", "lambda", "s3", "secretsmanager", "sts"}


def main() -> None:
    target = Path(sys.argv[1])
    source = Path(botocore.__file__).parent / "data" / "endpoints.json"
    document = json.loads(source.read_text())
    for partition in document["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in SERVICES}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, separators=(",", ":")))


if __name__ == "__main__":
    main()
