"""`python -m try_it --port N --api URL --stand-in URL`: serve the page until stopped."""

import argparse

import uvicorn

from try_it import create_app


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="try_it", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--api", required=True, help="the API's base URL")
    parser.add_argument("--stand-in", required=True, help="the stand-in's base URL")
    arguments = parser.parse_args()
    app = create_app(arguments.api, arguments.stand_in)
    uvicorn.run(
        app,
        host=arguments.host,
        port=arguments.port,
        ws="none",
        log_level="warning",
        access_log=False,
    )


if __name__ == "__main__":
    main()
