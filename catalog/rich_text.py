"""Descriptions that staff write: plain text, or the little HTML that is kept of it.

What is typed or imported is cleaned before it is stored, and again before it is shown,
as nobody knows who wrote the row. Everything that is not named here goes.
"""

import re
from collections.abc import Iterator

import nh3
from django.conf import settings
from django.utils.html import linebreaks
from django.utils.safestring import SafeString

#: A whole tag, as a browser would read it: "a < b" and "<3" are text.
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_HEADING = re.compile(r"<(/?)h([1-6])\b", re.IGNORECASE)
#: What is left of a picture from elsewhere.
_NO_PICTURE = re.compile(r'<img(?: (?:alt|width|height|loading)="[^"]*")*>')
_OWN_FILE = re.compile(r"[\w./-]+\.(?:webp|jpe?g|png)", re.ASCII)
_LENGTH = re.compile(r"[0-9]{1,4}")

#: Tags that are nested wrongly are read in another way once they were written anew.
MOST_PASSES = 10

TAGS = {"p", "br", "hr", "h3", "h4", "ul", "ol", "li", "strong", "em", "b", "i"}
TAGS |= {"sub", "sup", "blockquote", "a", "img"}
TAGS |= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
CELL = {"colspan", "rowspan"}
#: Of these the content goes as well.
GONE_WHOLE = {"script", "style", "template", "iframe", "svg", "math", "title"}
GONE_WHOLE |= {"noscript", "object", "textarea", "select"}


def is_html(text: str) -> bool:
    """Tell whether a text has markup; otherwise its line breaks count."""
    return bool(_TAG.search(text))


def clean(text: str) -> str:
    """Return a text with nothing but harmless markup. Cleaned again it is the same."""
    for _pass in range(MOST_PASSES):
        cleaned = _clean_once(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def shown(text: str) -> SafeString:
    """Return a text as HTML that may stand in a page, whatever it is."""
    if is_html(text):
        return SafeString(clean(text))
    return SafeString(linebreaks(text, autoescape=True))


def _clean_once(text: str) -> str:
    if not is_html(text):
        return text
    cleaned = _NO_PICTURE.sub("", _cleaner.clean(_with_fitting_headings(text)))
    if not cleaned.strip() or is_html(cleaned):
        return cleaned
    # Without a tag its "&lt;" would be read as plain text.
    return f"<p>{cleaned}</p>"


def _with_fitting_headings(text: str) -> str:
    """Let headings follow the page's own second level: h3, and h4 for deeper ones."""
    levels = _fitting_levels([int(n) for end, n in _HEADING.findall(text) if not end])
    open_level = 3

    def fit(found: re.Match[str]) -> str:
        nonlocal open_level
        if not found[1]:
            open_level = next(levels)
        return f"<{found[1]}h{open_level}"

    return _HEADING.sub(fit, text)


def _fitting_levels(levels: list[int]) -> Iterator[int]:
    highest = 6
    for level in levels:
        highest = min(highest, level)
        yield 3 if level == highest else 4


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep an attribute's value, or leave the attribute out."""
    if (tag, name) == ("img", "src"):
        path = value.removeprefix(settings.MEDIA_URL)
        is_own = path != value and _OWN_FILE.fullmatch(path) and ".." not in path
        return value if is_own else None
    if name in {"width", "height", *CELL}:
        return value if _LENGTH.fullmatch(value) else None
    return value


_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=GONE_WHOLE,
    attributes={
        "a": {"href"},
        "img": {"src", "alt", "width", "height"},
        "td": CELL,
        "th": CELL,
    },
    tag_attribute_values={"th": {"scope": {"row", "col"}}},
    set_tag_attribute_values={"img": {"loading": "lazy"}},
    attribute_filter=_attribute,
    url_schemes={"http", "https"},
    link_rel="nofollow noopener noreferrer",
)
