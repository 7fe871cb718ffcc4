"""What an HTTP API of Amazon API Gateway refuses, adds and takes away, around the emulator's own.

The emulator matches routes, checks tokens and invokes the function, but knows no limits and words
its errors in its own way. `HttpApi` stands around it: first what comes in (`http_api`, `limits`),
then the event (`event`) and what Lambda takes (`payload`), and what goes out (`response`, `cors`,
`answers`). It runs in the emulator's process, as one more would cost each request a millisecond.
"""

from gateway.http_api import HttpApi

__all__ = ["HttpApi"]
