"""Killing a process in the middle of a deed, as a power cut or an OOM killer does."""

import os
import signal
import sys
import traceback
from contextlib import ExitStack

from django.db import connection, connections

KILLED, COMPLETED = -signal.SIGKILL, 0


def killed_at(step, deed):
    """Run `deed()` in a process of its own that kills itself at that step.

    A step is the moment before a statement, before a COMMIT and after it. Returns
    KILLED, or COMPLETED when the deed had fewer steps: then it was acknowledged.
    """
    # A connection must not come along: its end in a child would be its end here, too.
    connections.close_all()
    child = os.fork()
    if not child:
        _run(step, deed)
    _pid, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    assert ended in (KILLED, COMPLETED), f"the deed failed by itself at step {step}"
    return ended


def _run(step, deed):
    status = 1
    try:
        with ExitStack() as stack:
            _count_down(step, stack)
            deed()
        status = 0
    except BaseException:  # noqa: BLE001, the parent's process must not go on here
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _count_down(step, stack):
    left = step
    commit = connection._commit

    def pass_step():
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(run, *arguments):
        pass_step()
        return run(*arguments)

    def commit_between_steps():
        pass_step()
        commit()
        pass_step()

    connection._commit = commit_between_steps
    stack.enter_context(connection.execute_wrapper(execute))
