"""Parts of a page that are rendered once, and what in them differs: `{% load kept %}`.

    {% once shop_name=SHOP_NAME %}
      <p>{{ shop_name }}</p> {% gap %}{{ anything }}{% endgap %}
      {% personal "includes/_account_link.html" %}
    {% endonce %}

What stands in `once` is rendered once in each language and for each choice of the
values named, and knows nothing but them: what differs between visitors cannot get into
it, only into its gaps. `{% csrf_token %}` is a gap by itself. What is named is what is
shown, so nothing kept is ever out of date: an account's or a row's key is not enough.
"""

from collections.abc import Hashable
from contextvars import ContextVar
from copy import copy

from django import template
from django.conf import settings
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    Parser,
    Template,
    Token,
    token_kwargs,
)
from django.template.context import Context
from django.utils.functional import LazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from shop import kept_pages
from shop.holes import Included
from shop.kept import KeptText, Recorder

register = template.Library()

#: So many texts, of some 2 kB, are kept; then all are forgotten, as values may be
#: made up.
MOST = 5000

_kept: dict[Hashable, KeptText[Node]] = {}
#: Of the `once` that is being rendered for keeping.
_recorder: ContextVar[Recorder[Node] | None] = ContextVar("recorder", default=None)


class OnceNode(Node):
    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self.values = values

    def render(self, context: Context) -> SafeString:
        values = {name: _itself(v.resolve(context)) for name, v in self.values.items()}
        text = self._text(context, values)
        return text.filled(lambda gap: str(gap.render_annotated(context)))

    def _text(self, context: Context, values: dict[str, object]) -> KeptText[Node]:
        if settings.DEBUG:  # a template that is being edited must show at once
            return self._recorded(context, values)
        key = (self, get_language(), *values.values())
        text = _kept.get(key)
        if text is None:
            if len(_kept) >= MOST:
                _kept.clear()
            text = _kept[key] = self._recorded(context, values)
        return text

    def _recorded(self, context: Context, values: dict[str, object]) -> KeptText[Node]:
        recorder = Recorder[Node]()
        known = {**values, "csrf_token": recorder.mark(TokenNode())}
        inside = Context(known, autoescape=context.autoescape)
        outer = _recorder.set(recorder)
        try:
            page = _template_of(context)
            with (
                inside.bind_template(page),
                inside.render_context.push_state(page),
            ):
                return recorder.cut(self.nodelist.render(inside))
        finally:
            _recorder.reset(outer)


class GapNode(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        recorder = _recorder.get()
        return recorder.mark(self) if recorder else self.nodelist.render(context)


class PersonalNode(Node):
    def __init__(
        self, name: str, values: dict[str, FilterExpression], *, is_fresh: bool
    ) -> None:
        self.name = name
        self.values = values
        self.is_fresh = is_fresh

    def render(self, context: Context) -> SafeString:
        recorder = _recorder.get()
        if recorder:
            return recorder.mark(self)
        values = {name: value.resolve(context) for name, value in self.values.items()}
        hole = kept_pages.mark(Included(self.name, values, self.is_fresh))
        if hole is not None:
            return hole
        included = _template_of(context).engine.get_template(self.name)
        with context.push(**values):
            return included.render(context)


class TokenNode(Node):
    """The value of `{% csrf_token %}`."""

    def render(self, context: Context) -> str:
        return str(context.get("csrf_token", ""))


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """Render what stands between once in each language, for each of these values."""
    bits = token.split_contents()[1:]
    values = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError("once only takes name=value")
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist, values)


@register.tag
def gap(parser: Parser, token: Token) -> GapNode:
    """Render what stands between each time, with all that the page knows."""
    nodelist = parser.parse(("endgap",))
    parser.delete_first_token()
    return GapNode(nodelist)


@register.tag
def personal(parser: Parser, token: Token) -> PersonalNode:
    """Include a template that differs between visitors: its name and name=value.

    In a page that is kept it knows the visitor and these values, nothing else of the
    page; they are kept with it. All of whom nothing is known see the same.
    """
    return _personal(parser, token, is_fresh=False)


@register.tag
def fresh(parser: Parser, token: Token) -> PersonalNode:
    """Include a template like `personal`, whose text differs each time for anybody."""
    return _personal(parser, token, is_fresh=True)


def _personal(parser: Parser, token: Token, *, is_fresh: bool) -> PersonalNode:
    tag, name, *bits = token.split_contents()
    values = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{tag} takes a name and name=value")
    return PersonalNode(name[1:-1], values, is_fresh=is_fresh)


def _template_of(context: Context) -> Template:
    if context.template is None:
        raise RuntimeError("kept text stands in a template that is being rendered")
    return context.template


def _itself(value: Hashable) -> Hashable:
    """Return what a lazy value stands for: a key must not hold on to its request."""
    if isinstance(value, LazyObject):
        hash(value)  # works it out
        return copy(value)
    return value


def forget() -> None:
    """Forget all kept texts of this process, for tests."""
    _kept.clear()
