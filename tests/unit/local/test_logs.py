from stack.logs import readable


def test_a_json_line_shows_level_and_message_first() -> None:
    line = '{"level": "INFO", "location": "x:1", "message": "request", "status": 200}'
    assert readable(line) == "[green]INFO   [/] request  [dim]status=200[/]"


def test_another_line_is_shown_as_it_is() -> None:
    assert readable("REPORT [x] 3 ms\n") == r"[dim]REPORT \[x] 3 ms[/]"


def test_a_json_line_that_is_no_object_is_shown_as_it_is() -> None:
    assert readable("[1]") == "[dim][1][/]"
