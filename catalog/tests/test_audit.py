import os
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from accounts.services.closing import close_account
from accounts.tests.factories import make_user
from catalog.models import Alert, Picture, Posting, Product, StockEntry, Variant
from catalog.services.alerts import set_alert
from catalog.tests.factories import make_product
from shop.models import MutedTopic

pytestmark = pytest.mark.django_db


def audited(capsys, **options):
    with suppress(CommandError):
        call_command("audit", **options)
    return capsys.readouterr().out


def test_good_books_are_right(capsys):
    make_product()
    make_product(stock=0)
    call_command("audit")
    assert "The books are right." in capsys.readouterr().out


def test_names_a_stock_that_its_ledger_does_not_explain(capsys):
    variant = make_product(stock=5).variants.get()
    Variant.objects.filter(pk=variant.pk).update(stock=6)
    out = audited(capsys)
    assert f"stock catalog.Variant {variant.pk}: is 6, should be 5" in out
    # The books themselves are not mended by a machine.
    assert f"stock catalog.Variant {variant.pk}" in audited(capsys, fix=True)


def test_names_a_stock_without_any_ledger(capsys):
    variant = make_product(stock=0).variants.get()
    Variant.objects.filter(pk=variant.pk).update(stock=3)
    out = audited(capsys)
    assert f"stock catalog.Variant {variant.pk}: is 3, should be 0" in out


def test_names_a_ledger_that_does_not_add_up(capsys):
    entry = StockEntry.objects.get(variant__product=make_product(stock=5))
    QuerySet(StockEntry).filter(pk=entry.pk).update(stock_after=7)
    out = audited(capsys)
    assert f"stock_ledger catalog.StockEntry {entry.pk}: is 7, should be 5" in out


@pytest.mark.parametrize(
    "wrong", [{"price": "1.00"}, {"stock": 99}, {"is_sold_out": True}]
)
def test_names_and_mends_a_summary(capsys, wrong):
    product = make_product()
    Product.objects.filter(pk=product.pk).update(**wrong)
    assert f"summary catalog.Product {product.pk}" in audited(capsys)
    assert "mended" in audited(capsys, fix=True)
    assert "The books are right." in audited(capsys)


def test_names_a_picture_without_files(capsys):
    product = make_product(main_picture="catalog/aa/aa")
    picture = Picture.objects.create(product=product, stem="catalog/aa/aa")
    assert f"files catalog.Picture {picture.pk}: is missing" in audited(capsys)


def test_ends_with_status_1_when_something_is_wrong():
    product = make_product()
    Product.objects.filter(pk=product.pk).update(stock=99)
    with pytest.raises(CommandError, match="1 bad row"):
        call_command("audit")


def test_names_and_mends_words_that_are_not_up_to_date(capsys):
    first, second = make_product(), make_product()
    Posting.objects.filter(item=first).first().delete()
    Posting.objects.filter(item=second).delete()
    out = audited(capsys)
    assert f"search catalog.Product {first.pk}" in out
    assert f"search catalog.Product {second.pk}: is missing" in out
    audited(capsys, fix=True)
    assert "The books are right." in audited(capsys)


def test_names_a_file_that_no_picture_has(capsys, settings):
    folder = settings.MEDIA_ROOT / "catalog" / "aa"
    folder.mkdir(parents=True)
    stray = folder / "stray-800.webp"
    stray.write_bytes(b"x")
    assert "stray" not in audited(capsys)  # it may just be on its way
    os.utime(stray, (0, 0))
    assert "files catalog.Picture stray-800.webp: is orphan" in audited(capsys)


def test_names_and_ends_the_waiting_of_a_closed_account(capsys):
    user, variant = make_user(), make_product(stock=0).variants.get()
    set_alert(user_id=user.pk, variant=variant, kind=Alert.Kind.RESTOCK)
    assert "The books are right." in audited(capsys)
    waiting = list(Alert.objects.all())
    close_account(user=user)
    Alert.objects.bulk_create(waiting)
    MutedTopic.objects.create(account_id=user.pk, topic="alerts")
    out = audited(capsys)
    assert f"closed_account catalog.Alert {waiting[0].pk}: is there" in out
    assert f"accounts.User {user.pk}: is message settings" in out
    audited(capsys, fix=True)
    assert not Alert.objects.exists()
    assert not MutedTopic.objects.exists()
    assert "The books are right." in audited(capsys)
