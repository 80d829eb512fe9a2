"""How words are spelt for searching, both in what is sold and in what is asked.

A text is folded and cut into chunks: runs of Chinese, and words of letters and digits
(with the hyphens inside them). Chunks become tokens, ASCII whatever they say:

    w  a word of letters and digits, its parts, and two neighbours in one
    h  two Chinese characters side by side (or the last one of a run)
    p  how a run of Chinese sounds from some character on, in pinyin
    i  the initials of the same: 手机壳 is "sjk"
    v  a word that the shop knows: cuts a query, and no product hangs on it
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from pypinyin import lazy_pinyin

from catalog.models.search import LONGEST_TOKEN

LONGEST_QUERY = 100
MOST_WORDS = 10
LONGEST_RUN = 40
#: So many syllables of a run are said from each character on.
MOST_SYLLABLES = 6

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_LETTER = rf"[^\W_{HAN}]"
#: A run of Chinese, or a word: letters and digits, joined by marks within.
_CHUNK = re.compile(rf"[{HAN}]+|{_LETTER}+(?:[-_/+.&'’]{_LETTER}+)*")
_HAN_RUN = re.compile(f"[{HAN}]+")
_RUN = re.compile(rf"{_LETTER}+")
_PART = re.compile(r"\d+(?:p\d+)?|[^\W\d_]+")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxy0123456789")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=1000)
def folded(text: str) -> str:
    """Spell a text for comparing: half-width, lower-case, no accents, one space.

    A decimal point becomes a "p" and a cross between numbers an "x", so that 6.4 and
    2560 × 1600 stay one word.
    """
    letters = unicodedata.normalize("NFKD", text).casefold()
    if not letters.isascii():
        letters = "".join(c for c in letters if not unicodedata.combining(c))
    letters = re.sub(r"(?<=\d)\s*[×*]\s*(?=\d)", "x", letters)
    letters = re.sub(r"(?<=\d)\.(?=\d)", "p", letters)
    return re.sub(r"\s+", " ", letters).strip()


def shown(text: str) -> str:
    """Write a folded text for people: "6p4" was only for comparing."""
    return re.sub(r"(?<=\d)p(?=\d)", ".", text)


def split(query: str) -> list[str]:
    """Cut a query into its folded chunks; too long a query is cut off.

    Between Chinese and letters a space may be missing: "华为phone" is two words.
    """
    chunks = _CHUNK.findall(folded(query[:LONGEST_QUERY]))
    return [chunk[:LONGEST_RUN] for chunk in dict.fromkeys(chunks)][:MOST_WORDS]


def is_han(chunk: str) -> bool:
    return _HAN_RUN.match(chunk) is not None


def runs_of(chunk: str) -> list[str]:
    """Return the runs of letters and digits in a word: "wi-fi" is "wi", "fi"."""
    return _RUN.findall(chunk)


def squashed(chunk: str) -> str:
    """Write a word without its marks: "wi-fi" -> "wifi"."""
    return "".join(runs_of(chunk))


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """Spell a folded text in a-z and 0-9 alone, so that its beginnings stay so too."""
    return "".join(c if c in _PLAIN else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    if character == "z":
        return "zz"
    number, digits = ord(character), ""
    for _place in range(4):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return f"z{digits}"


def token(kind: str, text: str) -> str:
    return (kind + key(text))[:LONGEST_TOKEN]


def word(run: str) -> str:
    """Return the token of a word of letters and digits; its plural is the same."""
    is_plural = len(run) > 3 and run.endswith("s") and run[-2] not in "sui"
    return token("w", run[:-1] if is_plural else run)


def after(prefix: str) -> str:
    """Return the first token behind all those that begin with this one.

    For ranges: `startswith` would compare byte by byte on MariaDB, and read them all.
    """
    stem = prefix.rstrip("z")
    if not stem:
        return prefix + "z" * LONGEST_TOKEN
    place = _DIGITS.index(stem[-1])
    return stem[:-1] + _DIGITS[place + 1]


def tokens_of(text: str) -> dict[str, str]:
    """Return the tokens of a text, each with how it is written."""
    found: dict[str, str] = {}
    previous, end = "", -2
    text = folded(text)
    for match in _CHUNK.finditer(text):
        chunk = match[0]
        found.update(_tokens_of_chunk(chunk))
        if is_han(chunk):
            previous = ""
            continue
        if previous and match.start() == end + 1 and text[end] == " ":
            found.update((word(each), each) for each in _joined(previous, chunk))
        previous, end = chunk, match.end()
    return found


# Names of many products share their words, and differ in one.
@lru_cache(maxsize=20_000)
def _tokens_of_chunk(chunk: str) -> Mapping[str, str]:
    if is_han(chunk):
        forms = [*pairs_of(chunk), chunk[-1]]
        return {token("h", form): form for form in forms}
    return {word(form): form for form in _forms(chunk)}


def pairs_of(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def sounds_of(text: str) -> dict[str, str]:
    """Return the pinyin and initials of a text's Chinese, from each character on."""
    found: dict[str, str] = {}
    for run in _HAN_RUN.findall(folded(text)):
        found.update(_sounds_of_run(run))
    return found


@lru_cache(maxsize=20_000)
def _sounds_of_run(run: str) -> Mapping[str, str]:
    found = {}
    syllables = syllables_of(run)
    for start in range(max(1, len(run) - 1)):
        said = syllables[start : start + MOST_SYLLABLES]
        written = run[start : start + MOST_SYLLABLES]
        found[token("p", "".join(said))] = written
        if len(said) > 1:
            found[token("i", "".join(each[0] for each in said))] = written
    return found


@lru_cache(maxsize=20_000)
def syllables_of(run: str) -> tuple[str, ...]:
    """Return the pinyin of each character, as the words around it decide."""
    said = lazy_pinyin(run)
    # Rare characters, which pypinyin leaves as they are, sound like themselves.
    return tuple(said) if len(said) == len(run) else tuple(run)


def _forms(chunk: str) -> Iterator[str]:
    runs = [run[:LONGEST_RUN] for run in runs_of(chunk)]
    for run in runs:
        yield run
        parts = _PART.findall(run)
        if len(parts) > 1:
            yield from (part for part in parts if len(part) > 1)
    if len(runs) > 1:
        yield "".join(runs)[:LONGEST_RUN]


def _joined(left: str, right: str) -> Iterator[str]:
    # "RTX 4060" is also found as "rtx4060"; two plain words are no model.
    first, second = runs_of(left), runs_of(right)
    if any(c.isdigit() for c in left + right) or len(left) == 1:
        yield (first[-1] + second[0])[:LONGEST_RUN]
        yield ("".join(first) + "".join(second))[:LONGEST_RUN]
