"""The message centre and its switches."""

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.services.closing import close_account
from accounts.tests.factories import make_user
from orders.tests.pages import JSON, alerts, marked
from shop import links, messages, outbox, personal
from shop.messages import Kind
from shop.models import MutedTopic, OutgoingMessage

pytestmark = pytest.mark.django_db

CENTRE, SETTINGS = "/en/accounts/messages/", "/en/accounts/messages/settings/"
SMS = OutgoingMessage.Channel.SMS
PLAIN = Kind("plain", "plain", "News", "Look at http://shop.example/x?a=1 %(word)s")
CODE = Kind("code", "code", "Your code", "It is %(word)s", is_secret=True)
ALL = {f"topic_{topic.name}": "on" for topic in messages.topics()}


def write(user, kind=PLAIN, word="<b>now</b>", recipient="13800138000"):
    account_id = user.pk if user else None
    return outbox.write(
        kind,
        channel=SMS,
        recipient=recipient,
        language="en",
        account_id=account_id,
        word=word,
    )


class TestTheCentre:
    def test_is_empty_at_first_and_for_the_account_only(self, as_alice, client, bob):
        write(bob)
        # To Alice's number, from when it was another's.
        write(None)
        assert marked(as_alice.get(CENTRE), "no-messages")
        assert not marked(as_alice.get(CENTRE), "own-message")
        assert "/login/" in client.get(CENTRE)["Location"]
        assert as_alice.post(CENTRE).status_code == 405

    def test_shows_the_newest_first_with_links_and_no_markup(self, as_alice, alice):
        rows = [write(alice).pk for _ in range(2)]
        page = as_alice.get(CENTRE)
        shown = [int(m["data-message-id"]) for m in marked(page, "own-message")]
        assert shown == rows[::-1]
        assert "&lt;b&gt;now" in page.text
        assert 'href="http://shop.example/x?a=1"' in page.text
        assert "138****8000" in page.text
        assert "13800138000" not in page.text

    def test_names_its_addresses_also_where_no_space_is_before_them(
        self, as_alice, alice
    ):
        kind = Kind(
            "found", "found", "到货", "“%(name)s”到货：%(address)s 退订：%(off)s"
        )
        address, off = "https://shop.example/p/1/?a=1&b=2", "https://shop.example/off/"
        outbox.write(
            kind,
            channel=SMS,
            recipient="13800138000",
            language="en",
            account_id=alice.pk,
            name="<i>",
            address=address,
            off=off,
        )
        page = as_alice.get(CENTRE).text
        assert (
            '“&lt;i&gt;”到货：<a href="https://shop.example/p/1/?a=1&amp;b=2">' in page
        )
        assert f'退订：<a href="{off}">Switch them off</a>' in page
        assert f">{off}" not in page

    @pytest.mark.parametrize("is_debug", [False, True])
    def test_never_shows_a_code(self, as_alice, alice, settings, is_debug):
        settings.DEBUG = is_debug
        write(alice, CODE, word="428113")
        call_command("run_due", "--only", "send_messages")
        page = as_alice.get(CENTRE)
        assert len(marked(page, "own-message")) == 1
        assert "428113" not in page.text

    def test_pages_and_asks_no_more_for_twenty(
        self, as_alice, alice, connection_queries
    ):
        counts = []
        for number in (2, 18):
            for _ in range(number):
                write(alice)
            counts.append(connection_queries(lambda: as_alice.get(CENTRE)))
        assert counts[0] == counts[1]
        write(alice)
        [pages] = marked(as_alice.get(CENTRE), "pagination")
        assert (pages["data-page"], pages["data-pages"]) == ("1", "2")
        for page in ("0", "-1", "x", "99"):
            assert as_alice.get(CENTRE, {"page": page}).status_code == 200


class TestTheSwitches:
    def test_all_is_on_at_first(self, as_alice):
        page = as_alice.get(SETTINGS)
        for topic in messages.topics():
            assert f'name="topic_{topic.name}"' in page.text
        assert page.text.count("checked") == len(list(messages.topics()))
        assert 'name="channel"' not in page.text

    def test_off_and_on_again(self, as_alice, alice):
        wanted = {name: "on" for name in ALL if name != "topic_alerts"}
        answer = as_alice.post(SETTINGS, wanted)
        assert (answer.status_code, answer["Location"]) == (302, SETTINGS)
        off = MutedTopic.objects.get()
        assert (off.account_id, off.topic) == (alice.pk, "alerts")
        assert as_alice.post(SETTINGS, wanted, headers=JSON).json()["off"] == ["alerts"]
        as_alice.post(SETTINGS, ALL)
        assert not MutedTopic.objects.exists()

    def test_who_has_a_mail_chooses_where(self, as_alice, alice):
        User.objects.filter(pk=alice.pk).update(email="a@x.com")
        assert 'name="channel"' in as_alice.get(SETTINGS).text
        as_alice.post(SETTINGS, ALL | {"channel": "mail"})
        alice.refresh_from_db()
        assert alice.contact == ("mail", "a@x.com")
        faulty = as_alice.post(SETTINGS, ALL | {"channel": "pigeon"})
        assert faulty.status_code == 200
        assert alerts(faulty)
        as_alice.post(SETTINGS, ALL | {"channel": "sms"})
        alice.refresh_from_db()
        assert alice.contact == ("sms", "13800138000")

    def test_without_a_mail_there_is_no_choice(self, as_alice, alice):
        as_alice.post(SETTINGS, ALL | {"channel": "mail"})
        alice.refresh_from_db()
        assert not alice.prefers_mail

    def test_a_visitor_signs_in(self, client):
        assert "/login/" in client.post(SETTINGS, ALL)["Location"]
        refused = client.post(SETTINGS, ALL, headers=JSON)
        assert (refused.status_code, refused.json()["error"]) == (401, "login_required")

    def test_the_link_of_a_closed_account_does_nothing(self, client):
        user = make_user()
        path = "/" + links.off_address(user.pk, "alerts").split("/", 3)[3]
        assert client.get(path).status_code == 200
        close_account(user=user)
        assert client.post(path).status_code == 404
        assert not MutedTopic.objects.exists()

    def test_export_and_closing_know_them(self):
        user = make_user(email="a@x.com", prefers_mail=True)
        MutedTopic.objects.create(account_id=user.pk, topic="carts")
        held = personal.held_about(user)["message_settings"]
        assert held == {"off": ["carts"], "by": "mail"}
        close_account(user=user)
        user.refresh_from_db()
        assert not user.prefers_mail
        assert not MutedTopic.objects.exists()
