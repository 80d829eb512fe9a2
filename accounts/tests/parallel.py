"""Doing things at the same time, in tests."""

import threading

import pytest
from django.db import connection, connections


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
