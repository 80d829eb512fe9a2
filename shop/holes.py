"""What differs in a kept page, and how it is filled in each time that it is shown."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import Context, Engine, Template
from django.template.context import make_context
from django.utils.functional import SimpleLazyObject


class Filling:
    """Fills the holes of one page for one request; a context is only made if needed.

    `token` stands for the CSRF token of a request that has none.
    """

    def __init__(self, request: HttpRequest, token: str = "") -> None:
        self.request = request
        self._token = token
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    @cached_property
    def token(self) -> str:
        """The visitor's CSRF token: one for all forms of the page."""
        return self._token or get_token(self.request)

    @cached_property
    def context(self) -> Context:
        """What every template knows of this request."""
        token = SimpleLazyObject(lambda: self.token)
        context = make_context({"csrf_token": token}, self.request)
        self._open.enter_context(context.bind_template(_blank()))
        return context


class Hole(Protocol):
    """A gap of a kept page; it is pickled with the page."""

    @property
    def is_fresh(self) -> bool:
        """Whether it differs each time, and not only from visitor to visitor."""

    def render(self, filling: Filling) -> str: ...


@dataclass(frozen=True)
class Token:
    """The visitor's CSRF token."""

    is_fresh: ClassVar[bool] = True

    def render(self, filling: Filling) -> str:
        return filling.token


@dataclass(frozen=True)
class Included:
    """A template that only knows the visitor and these values."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    is_fresh: bool = False

    def render(self, filling: Filling) -> str:
        template = Engine.get_default().get_template(self.template)
        with filling.context.push(**self.values):
            return template.render(filling.context)


@dataclass(frozen=True)
class Drawn:
    """What a function of a module writes, from the request and these values.

    It writes HTML: what it takes from elsewhere it must escape.
    """

    draw: Callable[..., str]
    values: dict[str, Any]
    is_fresh: ClassVar[bool] = True

    def render(self, filling: Filling) -> str:
        return self.draw(filling.request, **self.values)


@lru_cache(maxsize=1)
def _blank() -> Template:
    return Engine.get_default().from_string("")
