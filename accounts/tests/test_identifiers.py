import pytest

from accounts import identifiers


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        " 138 0013 8000 ",
        "138-0013-8000",
        "+8613800138000",
        "008613800138000",
        "１３８００１３８０００",
    ],
)
def test_a_mobile_phone_has_one_spelling(typed):
    assert identifiers.phone(typed) == "+8613800138000"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "010-12345678",
        "+14155552671",
        "1380013800",
        "abc",
        "1" * 5000,
        "\x00",
    ],
)
def test_what_is_no_mobile_phone_of_china_is_none(typed):
    assert identifiers.phone(typed) == ""


def test_a_landline_is_good_for_a_courier():
    assert identifiers.any_phone("010-12345678") == "+861012345678"
    assert identifiers.any_phone("+14155552671") == ""


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Zoe@X.Com ", "zoe@x.com"),
        ("ｚｏｅ@x.com", "zoe@x.com"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        ("zoé@x.com", ""),
        ("zoe@", ""),
        ("@x.com", ""),
        ("zoe", ""),
        ("z" * 300 + "@x.com", ""),
        ("zoe@" + "x" * 70 + ".com", ""),
        ("zoe@x..com", ""),
    ],
)
def test_an_email_has_one_spelling(typed, stored):
    assert identifiers.email(typed) == stored


def test_masks_hide_what_identifies():
    assert identifiers.masked_phone("+8613800138000") == "138****8000"
    assert identifiers.masked_phone("+861012345678") == "010****5678"
    assert identifiers.masked_phone("+8675586013388") == "0755****3388"
    assert identifiers.masked_phone("12345") == "****"
    assert identifiers.masked_email("zoe@x.com") == "z***@x.com"


def test_people_read_the_national_spelling():
    assert identifiers.national_phone("+8613800138000") == "13800138000"
    assert identifiers.national_phone("+861012345678") == "010 1234 5678"
