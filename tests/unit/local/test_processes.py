import json
import os
import sys
from pathlib import Path

import pytest

from stack.processes import Process

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def process(tmp_path: Path) -> Process:
    return Process(tmp_path / "server.pid", tmp_path / "server.log")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it outlives Popen
def test_what_was_started_is_running_until_it_is_stopped(process: Process, tmp_path: Path) -> None:
    process.start(SLEEP, os.environ, tmp_path)
    running = process.is_running()
    stopped = process.stop()
    assert (running, stopped, process.is_running()) == (True, True, False)


def test_another_process_with_the_same_id_is_left_alone(process: Process) -> None:
    process.file.write_text(json.dumps({"pid": os.getpid(), "command": SLEEP}))
    assert process.stop() is False


def test_nothing_started_is_nothing_to_stop(process: Process) -> None:
    assert process.stop() is False
