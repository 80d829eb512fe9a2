"""Doing things at the same time, in tests: in threads, and in processes."""

import multiprocessing
import queue
import threading

import pytest
from django.db import connection, connections

PATIENCE = 60  # seconds


def at_once(*deeds):
    """Run the deeds in threads that start together; return results or exceptions."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        # Threads share one connection's locks there, and fail instead of waiting.
        pytest.skip("needs a database file: DATABASES TEST NAME")
    start = threading.Barrier(len(deeds))
    results = [None] * len(deeds)

    def run(number, deed):
        try:
            start.wait()
            results[number] = deed()
        except Exception as error:  # noqa: BLE001, the caller looks at it
            results[number] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(number, deed))
        for number, deed in enumerate(deeds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def outcome(deed):
    """Return "done", or the word of the refusal."""
    try:
        deed()
    except Exception as error:  # noqa: BLE001, anything but a refusal fails the test
        return getattr(error, "error", repr(error))
    return "done"


def in_processes(deed, number):
    """Run `deed(n)` in so many processes that start together; return their answers.

    Processes are what gunicorn's workers are: they share nothing but the database.
    An answer is what the deed returned, or the name of what it raised.
    """
    context = multiprocessing.get_context("fork")
    answers, start = context.Queue(), context.Barrier(number)
    rivals = [
        context.Process(target=_run, args=(deed, n, start, answers), daemon=True)
        for n in range(number)
    ]
    # A connection must not come along: its end in a child would be its end here, too.
    connections.close_all()
    for rival in rivals:
        rival.start()
    try:
        return [answers.get(timeout=PATIENCE) for _ in rivals]
    except queue.Empty as error:
        raise AssertionError("a rival did not answer") from error
    finally:
        for rival in rivals:
            rival.join(PATIENCE)
            rival.kill()


def _run(deed, n, start, answers):
    try:
        start.wait()
        answers.put(deed(n))
    except Exception as error:  # noqa: BLE001, the parent looks at it
        answers.put(type(error).__name__)
    finally:
        connections.close_all()
