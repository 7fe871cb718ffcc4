"""What fuzzing whole requests has found and kept, once more: in a process as it has (make fuzz)."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

from fuzz.requests import pieces
from fuzz.requests.grammar import Grammar
from fuzz.requests.mutation import Mutation
from fuzz.requests.shrinking import shrunk

PROJECT = Path(__file__).parents[3]


def test_nothing_of_the_corpus_does_what_it_must_not():
    path = os.pathsep.join(str(PROJECT / each) for each in ("functions", "tests"))
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.requests.replay"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["wrong"] == {}
    assert {"200", "304", "400", "404", "422", "502", "503"} <= said["statuses"].keys()


def test_a_seed_makes_the_same_cases_again():
    def made():
        chance = random.Random(17)
        case = Grammar(chance).case()
        return [case, *(Mutation(chance).of(case, Grammar(chance).case()) for _ in range(50))]

    assert made() == made()


def test_a_piece_is_told_in_few_words():
    piece = ["a", {"repeat": {"hex": "ff"}, "times": 3}, {"base64": {"string": 'é"'}}]
    assert pieces.render(piece) == b"a\xff\xff\xffIlx1MDBlOVwiIg=="


def test_what_is_repeated_too_often_ends():
    assert len(pieces.render({"repeat": "ab", "times": 10**12})) == pieces.MOST_BYTES


def test_a_secret_is_quoted_where_it_is_known_only():
    case = [{"spelled": "key", "as": ["as it is"]}, {"spelled": "token", "as": []}]
    assert pieces.quoting_only(case, ("key",)) == [case[0], "a secret"]


def test_a_case_is_made_as_small_as_what_it_shows():
    case = {"deployment": "off", "requests": [{"query": ["a", "b"], "path": "/"}], "s3": [1, 2]}
    small = shrunk(case, lambda tried: "b" in str(tried["requests"]))
    assert small == {"deployment": "off", "requests": [{"query": ["b"], "path": "/"}]}
