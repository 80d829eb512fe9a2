"""What each role sees of reviews; nobody edits one."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from PIL import Image

from accounts.tests.factories import make_user
from reviews import services
from reviews.models import FollowUp, Reply, Review, SensitiveWord
from reviews.tests.factories import make_held, make_praised, make_written
from shop import roles

pytestmark = pytest.mark.django_db

LIST = "/admin/reviews/review/"


@pytest.fixture
def review(alice):
    return make_written(alice, rating=2, pictures=[Image.new("RGB", (9, 9))])


def signed_in_as(role):
    roles.write_groups()
    user = make_user(is_staff=True, language="en")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", ["support", "readonly"])
def test_those_who_may_look(review, role):
    client = signed_in_as(role)
    page = client.get(LIST).content.decode()
    assert review.product.code in page
    assert "138****8000" in page
    assert "13800138000" not in page
    detail = client.get(f"{LIST}{review.pk}/change/").content.decode()
    assert review.body in detail
    assert "/media/reviews/" in detail
    assert "13800138000" not in detail
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{review.pk}/change/", {"rating": 5}).status_code == 403
    assert client.post(f"{LIST}{review.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Review.objects.get().rating == 2


@pytest.mark.parametrize("role", ["catalogue", "orders"])
def test_those_who_may_not(review, role):
    client = signed_in_as(role)
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{review.pk}/change/").status_code == 403


def test_superusers_edit_none_either(review):
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{review.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_code_finds(review, alice):
    other = make_written(alice)
    client = signed_in_as("support")
    page = client.get(LIST, {"q": review.product.code.lower()}).content.decode()
    assert review.product.code in page
    assert other.product.code not in page


def test_the_desk_names_the_bad_ones_without_a_reply(review, alice):
    good, answered = make_written(alice, rating=3), make_written(alice, rating=1)
    services.write_reply(review_id=answered.pk, body="Sorry.", by_id=alice.pk)
    client = signed_in_as("support")
    desk = client.get("/admin/").content.decode()
    assert "Bad reviews of the last 30 days without a reply" in desk
    page = client.get(f"{LIST}?read=unanswered").content.decode()
    assert review.product.code in page
    assert good.product.code not in page
    assert answered.product.code not in page
    assert answered.product.code in client.get(f"{LIST}?read=bad").text


def test_what_is_held_waits_in_a_queue_with_the_hit_shown(alice):
    held = make_held(alice, body="Such a Bad-Word it is.")
    other = make_written(alice)
    later = make_written(alice)
    services.write_follow_up(review=later, body="One more badword.")
    client = signed_in_as("support")
    assert "Reviews held by the word list" in client.get("/admin/").text
    page = client.get(f"{LIST}?read=held").text
    assert held.product.code in page
    assert later.product.code in page
    assert other.product.code not in page
    assert page.count('class="field-hit">badword') == 2
    detail = client.get(f"{LIST}{held.pk}/change/").text
    assert "Such a <mark>Bad-Word</mark> it is." in detail
    assert (
        "One more <mark>badword</mark>." in client.get(f"{LIST}{later.pk}/change/").text
    )


def test_the_buttons_do_what_they_say(review, client):
    support = signed_in_as("support")
    page = f"{LIST}{review.pk}/"
    assert 'data-test="reply-form"' in support.get(f"{page}change/").text
    support.post(f"{page}reply/", {"body": "We are sorry."})
    assert "We are sorry." in client.get(f"/en/p/{review.product_id}/").text
    assert "We are sorry.</textarea>" in support.get(f"{page}change/").text
    support.post(f"{page}hide/", {"reason": "It advertises."})
    review.refresh_from_db()
    assert (review.state, review.hidden_reason) == ("hidden", "It advertises.")
    detail = support.get(f"{page}change/").text
    assert 'data-test="hide"' not in detail
    assert 'data-test="show"' in detail
    support.post(f"{page}show/")
    review.refresh_from_db()
    assert review.state == "written"
    services.write_follow_up(review=review, body="Still fine.")
    support.post(f"{page}hide-follow-up/", {"reason": "Too loud."})
    assert FollowUp.objects.get().state == "hidden"
    support.post(f"{page}show-follow-up/")
    assert FollowUp.objects.get().state == "shown"


@pytest.mark.parametrize("part", ["hide", "hide-follow-up", "reply"])
def test_a_reason_and_a_text_are_needed(review, part):
    services.write_follow_up(review=review, body="Still fine.")
    page = signed_in_as("support").post(f"{LIST}{review.pk}/{part}/", {"reason": " "})
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    review.refresh_from_db()
    assert (review.state, FollowUp.objects.get().state) == ("written", "shown")


def test_a_deed_done_twice_is_a_message(review):
    support = signed_in_as("support")
    page = support.post(f"{LIST}{review.pk}/show/", follow=True).text
    assert "It is as you wish already" in page


@pytest.mark.parametrize(
    "part", ["reply", "hide", "show", "hide-follow-up", "show-follow-up"]
)
def test_who_may_only_look_does_nothing(review, as_bob, client, part):
    path = f"{LIST}{review.pk}/{part}/"
    typed = {"body": "We are sorry.", "reason": "So."}
    for role in ("readonly", "catalogue", "orders"):
        assert signed_in_as(role).post(path, typed).status_code == 403
    for nobody in (as_bob, client):
        assert nobody.post(path, typed).status_code == 302
    assert signed_in_as("support").get(path).status_code == 405
    review.refresh_from_db()
    assert review.state == "written"
    assert not Reply.objects.exists()
    detail = signed_in_as("readonly").get(f"{LIST}{review.pk}/change/").text
    assert "order-deed" not in detail


def test_many_are_hidden_once_one_has_seen_which(review, alice):
    bad, praised = make_written(alice, rating=1), make_praised(alice)
    hidden = make_written(alice)
    services.hide_review(review_id=hidden.pk, reason="Before.")
    client = signed_in_as("support")
    chosen = [each.pk for each in (review, bad, praised, hidden)]
    typed = {"action": "hide_chosen", "_selected_action": chosen}
    preview = client.post(LIST, typed)
    assert preview.text.count('data-test="will-change"') == 2
    assert preview.text.count('data-test="skipped"') == 2
    assert "nobody wrote anything" in preview.text
    assert Review.objects.filter(state="hidden").count() == 1
    without = client.post(LIST, {**typed, "apply": "yes", "reason": ""})
    assert 'role="alert"' in without.text
    done = client.post(
        LIST, {**typed, "apply": "yes", "reason": "A wave."}, follow=True
    )
    assert "2 reviews changed." in done.text
    assert "2 stayed as they were." in done.text
    for each in (review, bad):
        each.refresh_from_db()
        assert (each.state, each.hidden_reason) == ("hidden", "A wave.")
    hidden.refresh_from_db()
    assert hidden.hidden_reason == "Before."
    typed["action"] = "show_chosen"
    assert client.post(LIST, typed).text.count('data-test="will-change"') == 3
    client.post(LIST, {**typed, "apply": "yes"})
    assert Review.objects.written().count() == 3


def test_who_may_only_look_hides_not_many_either(review):
    client = signed_in_as("readonly")
    assert "hide_chosen" not in client.get(LIST).text
    typed = {"action": "hide_chosen", "_selected_action": [review.pk]}
    client.post(LIST, {**typed, "apply": "yes", "reason": "So."})
    review.refresh_from_db()
    assert review.state == "written"


def test_staff_edit_the_word_list(alice):
    client = signed_in_as("support")
    path = "/admin/reviews/sensitiveword/"
    client.post(f"{path}add/", {"word": "Bad Word"})
    assert make_written(alice, body="Such a BADWORD.").is_held
    alike = client.post(f"{path}add/", {"word": "ｂａｄword"})
    assert "in the list already" in alike.text
    assert "It needs a letter" in client.post(f"{path}add/", {"word": "–!"}).text
    word = SensitiveWord.objects.get()
    client.post(f"{path}{word.pk}/change/", {"word": "Other"})
    word.refresh_from_db()
    assert word.key == "other"
    client.post(f"{path}{word.pk}/delete/", {"post": "yes"})
    assert not SensitiveWord.objects.exists()
    assert signed_in_as("readonly").get(path).status_code == 200
    assert signed_in_as("readonly").get(f"{path}add/").status_code == 403
    assert signed_in_as("catalogue").get(path).status_code == 403


def test_it_asks_as_much_for_many_as_for_one(review, alice, connection_queries):
    client = signed_in_as("support")

    def ask():
        return connection_queries(lambda: client.get(LIST))

    ask()
    few = ask()
    for _ in range(4):
        make_written(make_user())
    assert ask() == few


def test_the_address_filters_by_no_hidden_column(review):
    client = signed_in_as("support")
    for lookup in ("user__phone__startswith=138", "public_id__startswith=a"):
        response = client.get(f"{LIST}?{lookup}")
        assert response.status_code in (302, 400), lookup
    assert client.get(f"{LIST}?rating__exact=2&state__exact=written").status_code == 200
