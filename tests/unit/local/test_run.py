from pathlib import Path

from stack.run import Run


def test_a_run_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    run = Run(port=4566, stand_in_port=4567, page_port=4568)
    run.save(tmp_path / "run.json")
    assert Run.load(tmp_path / "run.json") == run


def test_nothing_saved_is_no_run(tmp_path: Path) -> None:
    assert Run.load(tmp_path / "run.json") is None


def test_a_broken_file_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"port": 1, "else": 2}')
    assert Run.load(tmp_path / "run.json") is None


def test_only_its_owner_can_read_the_credentials(tmp_path: Path) -> None:
    Run(port=1, stand_in_port=2, page_port=3).save(tmp_path / "run.json")
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600


def test_each_run_has_credentials_of_its_own() -> None:
    first, second = (
        Run(port=1, stand_in_port=2, page_port=3),
        Run(port=1, stand_in_port=2, page_port=3),
    )
    assert (first.key, first.token) != (second.key, second.token)


def test_credentials_do_not_show_in_the_representation() -> None:
    assert (
        repr(Run(port=1, stand_in_port=2, page_port=3))
        == "Run(port=1, stand_in_port=2, page_port=3)"
    )
