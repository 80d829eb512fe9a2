"""Rivals in processes of their own, as gunicorn's workers are."""

import multiprocessing
import queue

from django.db import connections

PATIENCE = 60  # seconds


def in_processes(deed, number):
    """Run `deed(n)` in so many processes that start together; return their answers.

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
