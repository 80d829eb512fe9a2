import pytest

from accounts.models import User
from accounts.tests.factories import PASSWORD, give_money
from accounts.tests.pages import errors_at

PROFILE, PAYMENT, WALLET = (
    "/en/accounts/profile/",
    "/en/accounts/payment-password/",
    "/en/accounts/wallet/",
)


def test_profile_changes_the_nickname(as_alice, alice):
    response = as_alice.post(PROFILE, {"nickname": " 老 周 "})
    assert (response.status_code, response.url) == (302, PROFILE)
    html = as_alice.get(PROFILE).content.decode()
    assert 'data-level="success"' in html
    assert 'value="老 周"' in html


@pytest.mark.parametrize("nickname", ["", "  ", "\u202e\x07", "n" * 31])
def test_a_nickname_that_will_not_do_is_told_and_kept(as_alice, alice, nickname):
    response = as_alice.post(PROFILE, {"nickname": nickname})
    assert response.status_code == 200
    assert errors_at(response, "nickname")
    if nickname.startswith("n"):
        assert nickname in response.content.decode()
    alice.refresh_from_db()
    assert alice.nickname == "Alice"


def test_a_nickname_is_shown_as_text(as_alice):
    as_alice.post(PROFILE, {"nickname": "<b>bold</b>"})
    html = as_alice.get("/en/accounts/").content.decode()
    assert "<b>bold" not in html
    assert "&lt;b&gt;bold" in html


def test_profile_gives_no_rights(as_alice, alice):
    fields = {
        "nickname": "A",
        "is_staff": "1",
        "is_superuser": "1",
        "phone": "13611136111",
        "email": "a@b.c",
        "avatar": "x",
        "user": "1",
        "balance": "9",
    }
    as_alice.post(PROFILE, fields)
    after = User.objects.get(pk=alice.pk)
    assert (after.is_staff, after.is_superuser, after.email) == (False, False, None)
    assert (after.phone, after.avatar) == (alice.phone, "")


def test_home_shows_the_phone_masked(as_alice):
    html = as_alice.get("/en/accounts/").content.decode()
    assert "138****8000" in html
    assert "13800138000" not in html


def set_digits(client, **changes):
    fields = {
        "password": PASSWORD,
        "payment_password1": "246813",
        "payment_password2": "246813",
    }
    return client.post(PAYMENT, {**fields, **changes})


def test_payment_password_is_set_and_changed(as_alice, alice):
    assert "Set it now" in as_alice.get("/en/accounts/").content.decode()
    response = set_digits(as_alice)
    assert (response.status_code, response.url) == (302, "/en/accounts/")
    alice.refresh_from_db()
    first = alice.payment_password
    assert first
    set_digits(as_alice, payment_password1="975310", payment_password2="975310")
    alice.refresh_from_db()
    assert alice.payment_password != first
    # Still signed in: the login password is another matter.
    assert as_alice.get(PAYMENT).status_code == 200


def test_payment_password_leads_back_to_where_it_was_missing(as_alice):
    page = as_alice.get(f"{PAYMENT}?next=/en/accounts/wallet/").content.decode()
    assert 'name="next" value="/en/accounts/wallet/"' in page
    assert set_digits(as_alice, next=WALLET).url == WALLET
    assert set_digits(as_alice, next="//evil.example").url == "/en/accounts/"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "wrong"}, "password"),
        ({"password": ""}, "password"),
        ({"payment_password1": "111111", "payment_password2": "111111"},
         "payment_password1"),
        ({"payment_password1": "123456", "payment_password2": "123456"},
         "payment_password1"),
        ({"payment_password1": "987654", "payment_password2": "987654"},
         "payment_password1"),
        ({"payment_password1": "24681", "payment_password2": "24681"},
         "payment_password1"),
        ({"payment_password1": "abcdef", "payment_password2": "abcdef"},
         "payment_password1"),
        ({"payment_password2": "246814"}, "payment_password2"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_told_at_its_field(as_alice, alice, changes, field):
    response = set_digits(as_alice, **changes)
    assert response.status_code == 200
    assert errors_at(response, field)
    assert "246813" not in response.content.decode()
    alice.refresh_from_db()
    assert not alice.has_payment_password


def test_six_digit_fields_suit_a_phones_keyboard(as_alice):
    html = as_alice.get(PAYMENT).content.decode()
    field = html.partition('name="payment_password1"')[2].partition(">")[0]
    for attribute in (
        'inputmode="numeric"',
        'autocomplete="off"',
        'maxlength="12"',
    ):
        assert attribute in field


def test_wallet_shows_the_balance_and_its_ledger_newest_first(as_alice, alice):
    give_money(alice, "6000.00", reason="first")
    give_money(alice, "999.50", reason="second")
    html = as_alice.get(WALLET).content.decode()
    assert 'data-test="balance" data-balance="6999.50"' in html
    assert "¥6,999.50" in html
    assert html.index("second") < html.index("first")
    assert 'data-amount="999.50" data-balance-after="6999.50"' in html


def test_wallet_shows_nobody_elses_money(as_bob, alice):
    give_money(alice, "6000.00", reason="for alice")
    html = as_bob.get(WALLET).content.decode()
    assert 'data-balance="0.00"' in html
    assert "for alice" not in html


def test_wallet_has_twenty_lines_a_page(as_alice, alice):
    for number in range(1, 46):
        give_money(alice, "1.00", reason=f"line {number}.")
    for page, lines in (("1", 20), ("2", 20), ("3", 5), ("9999", 5), ("0", 5)):
        html = as_alice.get(WALLET, {"page": page}).content.decode()
        assert html.count('data-test="wallet-entry"') == lines, page
    for page in ("abc", "", "1.5", "9" * 40, "-1"):
        assert as_alice.get(WALLET, {"page": page}).status_code == 200
    html = as_alice.get(WALLET).content.decode()
    assert 'data-page="1" data-pages="3"' in html
    assert "line 45." in html
    assert "line 25." not in html


def test_wallet_asks_as_much_for_twenty_lines_as_for_two(
    as_alice, alice, connection_queries
):
    give_money(alice)
    give_money(alice)
    as_alice.get(WALLET)
    two = connection_queries(lambda: as_alice.get(WALLET))
    for _number in range(18):
        give_money(alice)
    assert connection_queries(lambda: as_alice.get(WALLET)) == two
