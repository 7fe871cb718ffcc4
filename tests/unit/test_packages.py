"""Packages and classes stay small enough to be looked over; import-linter sees to their order."""

import ast
from collections import Counter
from pathlib import Path

FUNCTIONS = Path(__file__).parents[2] / "functions"
MODULES = [path for path in FUNCTIONS.rglob("*.py") if path.name != "__init__.py"]
MOST_MODULES = 10
MOST_COLLABORATORS = 6


def test_no_package_has_more_than_ten_modules():
    sizes = Counter(str(path.parent.relative_to(FUNCTIONS)) for path in MODULES)
    assert {name: size for name, size in sizes.items() if size > MOST_MODULES} == {}


def test_no_class_takes_more_than_six_collaborators():
    """Fields of dataclasses are not counted: those carry values, and have no ``__init__`` here."""
    taken = {
        class_.name: len(function.args.args + function.args.kwonlyargs) - 1
        for path in MODULES
        for class_ in ast.walk(ast.parse(path.read_text()))
        if isinstance(class_, ast.ClassDef)
        for function in class_.body
        if isinstance(function, ast.FunctionDef) and function.name == "__init__"
    }
    assert taken["Routes"] > 1  # the walk sees classes
    assert {name: count for name, count in taken.items() if count > MOST_COLLABORATORS} == {}
