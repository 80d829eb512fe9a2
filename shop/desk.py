"""What staff should do today: the registry behind the admin's first page (row M8).

An app's `desk.py` registers queues; each has a count and a list to open.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Queue:
    """A list of work. `permission` says who sees it, `url` opens it filtered."""

    title: str | Promise
    permission: str
    count: Callable[[], int]
    url_name: str
    query: str = ""
    #: How long the most pressing of them has time, or "".
    hint: Callable[[], str] = str
    is_urgent: bool = False

    @property
    def url(self) -> str:
        return f"{reverse(self.url_name)}?{self.query}"


@dataclass(frozen=True)
class Waiting:
    """A queue with the number of things that wait in it now."""

    queue: Queue
    number: int
    hint: str


_queues: list[Queue] = []


def register(queue: Queue) -> None:
    """Add a queue; called from an app's `desk.py`."""
    _queues.append(queue)


def waiting_for(request: HttpRequest) -> list[Waiting]:
    """Return the queues that this member of staff may see, with their numbers."""
    return [
        Waiting(queue, queue.count(), queue.hint())
        for queue in _queues
        if request.user.has_perm(queue.permission)
    ]
