"""The commands of the local stack: `up`, `down` and `logs`."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from stack import layout
from stack.demonstration import fetch_sample, search, show_products, show_timing
from stack.deployment import Deployed, deployed
from stack.environment import isolate
from stack.layout import Layout
from stack.logs import follow
from stack.problem import StackProblem
from stack.progress import Progress
from stack.run import Run
from stack.up import Wish, bring_up, deploy_beside, take_down

EMULATOR_PYTHON = layout.PROJECT / ".venv-ministack" / "bin" / "python"


def main() -> int:
    """Run one command; 0 when it did what it should, else 1."""
    arguments = _parser().parse_args()
    progress = Progress(Console(soft_wrap=True))
    place = Layout(arguments.local_dir.resolve())
    place.directory.mkdir(parents=True, exist_ok=True)
    isolate()
    try:
        arguments.command(arguments, place, progress)
    except StackProblem as problem:
        progress.problem(problem)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def up(arguments: argparse.Namespace, place: Layout, progress: Progress) -> None:
    """Bring the stack up and, unless it is to be quiet, show a search."""
    wish = Wish(
        port=arguments.port,
        stand_in_port=arguments.stand_in_port,
        page_port=arguments.page_port,
        emulator_python=arguments.emulator_python.absolute(),
        parameters=dict(arguments.parameter),
        template=arguments.template.resolve(),
    )
    if arguments.beside is not None:
        other = Layout(arguments.beside.resolve())
        deploy_beside(place, other, arguments.stack_name, wish, progress)
        return
    run, made = bring_up(place, wish, progress)
    if not arguments.quiet:
        _demonstrate(place, run, made, progress)
        _show_addresses(place, run, made, progress.console)


def down(_: argparse.Namespace, place: Layout, progress: Progress) -> None:
    """Stop what `up` started."""
    stopped = take_down(place)
    progress.note(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")


def logs(_: argparse.Namespace, place: Layout, progress: Progress) -> None:
    """Follow the function's log until interrupted."""
    run = Run.load(place.run)
    if run is None or not place.endpoint.exists():
        raise StackProblem("The local stack is not up.", "Start it: make run")
    progress.note("the last 15 minutes, then what comes; Ctrl-C ends")
    follow(progress.console, run, deployed(run))


def _demonstrate(place: Layout, run: Run, made: Deployed, progress: Progress) -> None:
    with progress.step("Search with a picture, twice"):
        picture = fetch_sample(place, run.stand_in_url)
        first = search(place, made.endpoint, picture)
        second = search(place, made.endpoint, picture)
    progress.console.print(f"\n[bold]Products that look like {place.shown(place.sample)}[/]")
    show_products(progress.console, first)
    show_timing(progress.console, "first search", first)
    show_timing(progress.console, "same picture", second)


def _show_addresses(place: Layout, run: Run, made: Deployed, console: Console) -> None:
    url = f"{made.endpoint}/v2/image_search"
    lines = (
        "",
        f"  Try it in a browser  {run.page_url}",
        "",
        f"  API        {made.endpoint}",
        f"  Stand-in   {run.stand_in_url}",
        f"  Emulator   {run.emulator_url}   (variables: {place.shown(place.aws_environment)})",
        "",
        "  Or with curl:",
        f'    curl --data-binary @{place.shown(place.sample)} "{url}"',
        "",
        "  It stays up. Again after a change: make run   Log: make logs   End: make stop",
        "",
    )
    for line in lines:
        console.print(line, highlight=False, markup=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    parser.add_argument("--local-dir", type=Path, default=layout.PROJECT / ".local")
    commands = parser.add_subparsers(required=True)
    starting = commands.add_parser("up", help="bring the stack up, or up to date")
    starting.set_defaults(command=up)
    starting.add_argument("--port", type=int, default=4566, help="the emulator's port")
    starting.add_argument("--stand-in-port", type=int, help="default: a free one after --port")
    starting.add_argument("--page-port", type=int, help="default: a free one after the others")
    starting.add_argument("--emulator-python", type=Path, default=EMULATOR_PYTHON)
    starting.add_argument("--parameter", type=_pair, action="append", default=[])
    starting.add_argument("--template", type=Path, default=layout.TEMPLATE)
    starting.add_argument("--beside", type=Path, help="deploy to the stack that is up in there")
    starting.add_argument("--stack-name", default="beside", help="its name, with --beside")
    starting.add_argument("--quiet", action="store_true", help="no search, no addresses")
    commands.add_parser("down", help="stop what `up` started").set_defaults(command=down)
    commands.add_parser("logs", help="follow the function's log").set_defaults(command=logs)
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not Name=value")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
