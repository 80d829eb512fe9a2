"""Whole pages that are kept for everybody, with gaps for what is somebody's own.

A kept page is made for a stranger: a request with the address and nothing else, no
cookie, no account, no header. So whatever its templates do, nothing of a visitor gets
into it. `{% personal %}` and `{% csrf_token %}` leave gaps, which each visitor's own
request fills (`shop/holes.py`); for those of whom nothing is known most are filled
once. Its key has the version of what pages show (docs/decisions/0013).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from shop import clock
from shop.holes import Filling, Hole, Token
from shop.kept import KeptText, Recorder
from shop.strangers import is_stranger, stranger_of

P = ParamSpec("P")
Version = TypeVar("Version")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

#: The last net, in seconds: no page is kept longer.
LONGEST = 600
#: Longer addresses, in characters, are somebody's play.
LONGEST_ADDRESS = 500
ATTRIBUTE = "kept_page"
#: Of a request: the version that its page is made under.
VERSION = "page_version"
#: Of a request: what its view found out that the gaps would ask for once more.
FOUND = "found_for_gaps"


@dataclass(frozen=True)
class Keep:
    """How long a page is right, and what is to be done each time that it is shown."""

    until: datetime | None
    note: Any


@dataclass(frozen=True)
class KeptPage:
    text: KeptText[Hole]
    keep: Keep

    def is_over(self) -> bool:
        return self.keep.until is not None and self.keep.until <= clock.now()

    def shown_to(self, request: HttpRequest) -> HttpResponse:
        with Filling(request) as filling:
            text = self.text.filled(lambda hole: hole.render(filling))
        return keep(HttpResponse(text), until=self.keep.until, note=self.keep.note)

    def for_strangers(self, request: HttpRequest) -> "KeptPage":
        """Return the page as all see it of whom nothing is known.

        Only what differs each time is left open in it, tokens in filled gaps too.
        """
        with _recording() as recorder:
            token = recorder.mark(Token())
            with Filling(_stranger(request), token) as filling:
                text = self.text.filled(
                    lambda hole: (
                        recorder.mark(hole) if hole.is_fresh else hole.render(filling)
                    )
                )
        return KeptPage(recorder.cut(text), self.keep)


class Afterwards(Protocol):
    def __call__(
        self, request: HttpRequest, response: HttpResponse, note: Any
    ) -> object: ...


_recorder: ContextVar[Recorder[Hole] | None] = ContextVar("page", default=None)


def keep(
    response: HttpResponse, *, until: datetime | None, note: Any = None
) -> HttpResponse:
    """Say in a view that its page may be kept, until it changes by itself.

    `note` is what `afterwards` gets, also of a page that was kept; it may be pickled.
    """
    setattr(response, ATTRIBUTE, Keep(until, note))
    return response


def kept_page(
    version: Callable[[HttpRequest], Version],
    *,
    follows: Callable[[Version], object] = str,
    afterwards: Afterwards | None = None,
    is_own: Callable[[HttpRequest], bool] = lambda request: False,
    before_making: Callable[[HttpRequest], object] = lambda request: None,
) -> Callable[[View[P]], View[P]]:
    """Keep a view's pages as long as what they follow of `version` is the same.

    It is read before the view reads anything. `follows` says what of it the pages
    show, without it all. `afterwards` is called each time that a page is shown that the
    view gave a note. `is_own` tells whose page is nobody else's. `before_making` is
    called with the visitor's request before a page is made that was not kept; it may
    refuse.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def show(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            page = None
            if _may_be_kept(request) and not is_own(request):
                present = version(request)
                setattr(request, VERSION, present)
                key = _key(request, f"{follows(present)}")
                make = partial(_made, key, request, before_making, view)
                page = _page_for(request, key, partial(make, *args, **kwargs))
            else:
                before_making(request)
            response = (
                page.shown_to(request) if page else view(request, *args, **kwargs)
            )
            _call_afterwards(afterwards, request, response)
            return response

        return show

    return decorate


def _call_afterwards(
    afterwards: Afterwards | None, request: HttpRequest, response: HttpResponse
) -> None:
    kept: Keep | None = getattr(response, ATTRIBUTE, None)
    if afterwards and kept and kept.note is not None:
        afterwards(request, response, kept.note)


def mark(hole: Hole) -> SafeString | None:
    """Leave a gap in the page that is being made for keeping; None: there is none."""
    recorder = _recorder.get()
    return recorder.mark(hole) if recorder else None


def _may_be_kept(request: HttpRequest) -> bool:
    return settings.KEEP_PAGES and len(request.get_full_path()) <= LONGEST_ADDRESS


def _key(request: HttpRequest, version: str) -> str:
    # The day, because a footer has the year and a page may speak of today.
    parts = (
        version,
        get_language() or "",
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
        f"{timezone.localdate(clock.now()):%F}",
    )
    return sha256("\n".join(parts).encode(errors="replace")).hexdigest()


@contextmanager
def _recording() -> Iterator[Recorder[Hole]]:
    """Let `mark` leave gaps in what is rendered meanwhile."""
    recorder = Recorder[Hole]()
    before = _recorder.set(recorder)
    try:
        yield recorder
    finally:
        _recorder.reset(before)


def _page_for(
    request: HttpRequest, key: str, make: Callable[[], KeptPage | None]
) -> KeptPage | None:
    if not is_stranger(request):
        return _found(key) or make()
    strangers = f"{key}-strangers"
    page = _found(strangers)
    if page is None and (whole := _found(key) or make()):
        page = whole.for_strangers(request)
        caches["pages"].set(strangers, page, LONGEST)
    return page


def _found(key: str) -> KeptPage | None:
    page: KeptPage | None = caches["pages"].get(key)
    return None if page is None or page.is_over() else page


def _made(
    key: str,
    request: HttpRequest,
    before_making: Callable[[HttpRequest], object],
    view: View[P],
    *args: P.args,
    **kwargs: P.kwargs,
) -> KeptPage | None:
    """Make a page for a stranger and keep it; None when it is not to be kept."""
    before_making(request)
    stranger = _stranger(request)
    try:
        with _recording() as recorder:
            response = view(stranger, *args, **kwargs)
    except Http404:  # perhaps there is one for whoever asks
        return None
    wanted: Keep | None = getattr(response, ATTRIBUTE, None)
    if wanted is None or response.status_code != 200:
        return None
    page = KeptPage(recorder.cut(response.content.decode()), wanted)
    caches["pages"].set(key, page, LONGEST)
    setattr(request, FOUND, getattr(stranger, FOUND, None))
    return page


def _stranger(request: HttpRequest) -> HttpRequest:
    stranger = stranger_of(request)
    setattr(stranger, VERSION, getattr(request, VERSION))
    return stranger
