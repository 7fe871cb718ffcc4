"""`python -m stand_in --port N`: run the stand-in until it is stopped."""

import argparse

from stand_in import Access, create_app
from stand_in.service.server import serve


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="stand_in", description="A stand-in image_search.")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--key", help="the only key that is accepted (default: any)")
    parser.add_argument("--token", help="the only x-cnstrc-token that is accepted (default: any)")
    arguments = parser.parse_args()
    access = Access(key=arguments.key, token=arguments.token)
    serve(create_app(access), arguments.host, arguments.port)


if __name__ == "__main__":
    main()
