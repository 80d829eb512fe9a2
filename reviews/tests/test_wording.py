"""Row G9: words are found however they are spelled, and not where they are not."""

import pytest
from django.db import IntegrityError

from reviews.models import SensitiveWord
from reviews.tests.factories import make_word
from reviews.wording import hits_in, key_of, marked

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("加微信", "请加微信详聊"),
        ("加微信", "请加 微 信详聊"),
        ("加微信", "加-微*信"),
        ("加微信", "加\u200b微\u200b信"),
        ("vx", "我的ＶＸ是"),
        ("vx", "v.x"),
        ("vx", "VX123456"),
        ("vx", "加vx吧"),
        ("VX", "add v x now"),
        ("ass", "you a s s"),
        ("QQ群", "进ｑｑ 群"),
        ("①号店", "1号店"),
    ],
)
def test_a_word_is_found(word, text):
    make_word(word)
    assert hits_in(text) == [word]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ass", "a glass of water, a class"),
        ("ass", "was so good"),
        ("vx", "dvx"),
        ("18", "2180 mAh"),
        ("加微信", "加了微信"),
        ("微信", ""),
    ],
)
def test_what_only_looks_like_it_is_not(word, text):
    make_word(word)
    assert hits_in(text) == []


def test_all_that_are_found_are_named():
    for word in ("返现", "刷单", "vx"):
        make_word(word)
    assert hits_in("刷单返现") == ["返现", "刷单"]


def test_the_hit_is_marked_where_it_stands():
    pieces = marked("好评返 现，加ＶＸ", ["返现", "vx"])
    assert [(each.text, each.is_hit) for each in pieces] == [
        ("好评", False),
        ("返 现", True),
        ("，加", False),
        ("ＶＸ", True),
    ]


@pytest.mark.parametrize("word", ["", "  ", "·–!"])
def test_what_cannot_be_found_is_no_word(word):
    assert key_of(word) == ""
    with pytest.raises(IntegrityError, match="can_be_found"):
        make_word(word)


def test_alike_words_are_one():
    make_word("V X")
    with pytest.raises(IntegrityError):
        make_word("ｖｘ")


def test_a_long_text_is_searched_quickly():
    for number in range(300):
        make_word(f"word{number}x")
    assert hits_in("word7x " + "long " * 90) == ["word7x"]
    assert SensitiveWord.objects.count() == 300
