import logging
import sys

from shop.logs import OneLineFormatter, RequestIdFilter, set_request_id


def record(message, exc_info=None):
    made = logging.LogRecord("shop", logging.INFO, __file__, 1, message, (), exc_info)
    RequestIdFilter().filter(made)
    return made


def test_a_line_carries_the_request_id():
    set_request_id("abc123")
    try:
        assert "[abc123]" in OneLineFormatter().format(record("hello"))
    finally:
        set_request_id("-")


def test_no_input_can_forge_a_second_line():
    line = OneLineFormatter().format(record("bad\n2026-01-01 INFO forged\r\x1b[31m"))
    assert "\n" not in line
    assert "\r" not in line
    assert "\x1b" not in line


def test_a_traceback_stands_on_marked_lines():
    try:
        raise ValueError("one\ntwo")
    except ValueError:
        text = OneLineFormatter().format(record("failed", sys.exc_info()))
    first, *rest = text.splitlines()
    assert first.endswith("failed")
    assert rest
    assert all(line.startswith("    | ") for line in rest)
