import re
import time

import pytest
from django.db import transaction

from catalog import search, services
from catalog.models import Posting, Product, SearchToken, Synonym
from catalog.search import ranks, synonyms, vocabulary
from catalog.search import words as search_words
from catalog.tests.factories import make_brand, make_product, make_spec, make_variant
from shop import clock

pytestmark = pytest.mark.django_db


def on_shelf(snapshot):
    return snapshot.states.public(range(1, 9), clock.now())


def hits_of(query):
    snapshot = search.snapshot()
    plan = search.understand(query)
    fitting = search.found(snapshot, plan, on_shelf(snapshot))
    return search.by_rank(snapshot, plan, fitting)


def found(query):
    ids = hits_of(query).ids
    by_id = Product.objects.in_bulk(ids)
    return [by_id[pk].code for pk in ids]


@pytest.fixture
def laptop():
    brand = make_brand(name_zh="极光", name_en="Aurora")
    product = make_product(
        code="AUR-AIR14",
        brand=brand,
        name_zh="极光 Air 14 轻薄笔记本",
        name_en="Aurora Air 14 Thin Laptop",
        category=1,
    )
    make_spec(product=product, key="cpu", text_zh="北辰 Nova U5", text_en="Nova U5")
    return product


@pytest.mark.parametrize(
    "query",
    [
        "笔记本",
        "laptop",
        "LAPTOP",
        "aurora air",
        "air aurora",
        "Ａｉｒ１４",
        "aur-air",
        "极光air",
        "nova u5",
        "电脑",
        "  laptop   thin ",
    ],
)
def test_finds_in_both_languages_and_spellings(laptop, query):
    if query == "Ａｉｒ１４":
        query = "Ａｉｒ １４"
    make_product(code="OTHER", category=2, name_zh="手机", name_en="Phone")
    assert found(query) == ["AUR-AIR14"]


def test_all_words_must_match(laptop):
    assert found("aurora phone") == []


def test_an_exact_code_comes_first_then_the_name(laptop):
    make_product(
        code="CASE", name_en="Sleeve", summary_en="fits AUR-AIR14 and the laptop"
    )
    Product.objects.filter(code="CASE").update(sales_count=1000)
    assert found("aur-air14") == ["AUR-AIR14", "CASE"]
    assert found("laptop") == ["AUR-AIR14", "CASE"]
    variant = make_variant(product=laptop, code="AUR-AIR14-9")
    assert found(variant.code.lower()) == ["AUR-AIR14"]


@pytest.mark.parametrize(
    "query", ["%", "_", "'", '"', "\\", "a' OR 1=1 --", "*", "\x00"]
)
def test_operators_are_plain_text(laptop, query):
    found(query)
    assert found(f"laptop {query}") in ([], ["AUR-AIR14"])
    assert found("l%p") == []
    assert found("l_ptop") == []


def test_long_queries_are_cut_off():
    words = search.split("x" * 10_000)
    assert words == ["x" * 40]
    assert search.split("x " * 49 + "yy tail") == ["x", "yy"]
    assert len(search.split(" ".join(str(n) for n in range(200)))) <= 10


def test_indexing_again_keeps_one_row_and_removing_forgets(laptop):
    before = list(Posting.objects.values_list("token", "rank"))
    search.index([laptop.pk])
    assert list(Posting.objects.values_list("token", "rank")) == before
    search.remove([laptop.pk])
    assert found("laptop") == []
    assert search.rebuild() == 1
    assert found("laptop") == ["AUR-AIR14"]


# Row M7: Chinese, pinyin, models, synonyms ------------------------------------


def synonym(word, meaning, *, is_two_way=False):
    return Synonym.objects.create(
        word=word,
        meaning=meaning,
        word_key=synonyms.key_of(word),
        meaning_key=synonyms.key_of(meaning),
        is_two_way=is_two_way,
    )


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("华为手机", "华为 Mate 手机"),
        ("rtx4060", "磐石 RTX 4060 显卡"),
        ("rtx 4060", "磐石 RTX4060 显卡"),
        ("rtx-4060", "磐石 RTX 4060 显卡"),
        ("sjk", "透明手机壳"),
        ("shoujike", "透明手机壳"),
        ("shouji", "透明手机壳"),
        ("shou ji ke", "透明手机壳"),
        ("shou'ji'ke", "透明手机壳"),
        ("shou’ji", "透明手机壳"),
        ("Shou Ji", "透明手机壳"),
        ("tou ming shou ji ke", "透明手机壳"),
        ("aurora shou ji", "Aurora 手机 12"),
        ("shou ji 12", "Aurora 手机 12"),
        ("手机壳", "透明手机壳"),
        ("壳", "透明手机壳"),
        ("16g", "内存 16GB"),
        ("27寸", "显示器 27 寸"),
        ("ｗｉ－ｆｉ", "无线 Wi-Fi 路由"),
        ("wifi", "无线 Wi-Fi 路由"),
        ("2560*1600", "屏幕 2560 × 1600"),
        ("café", "Cafe 咖啡机"),
        ("zebra", "Zebra 斑马"),
        ("𠮷野家", "𠮷野家 手办"),
    ],
)
def test_finds_what_is_meant(query, name):
    make_product(code="IT", name_zh=name, name_en="", category=1)
    make_product(code="OTHER", name_zh="无关", name_en="Unrelated", category=1)
    assert found(query) == ["IT"]


def test_words_that_look_like_syllables_stay_words():
    make_product(code="FAN", name_zh="风扇", name_en="Big fan")
    make_product(code="BIG", name_zh="大号", name_en="Big one")
    assert found("big fan") == ["FAN"]
    assert found("fan big") == ["FAN"]


def test_syllables_of_nothing_are_looked_up_once(laptop, connection_queries):
    letters = connection_queries(lambda: search.understand("b p m f d t n l g k"))
    words = connection_queries(
        lambda: search.understand("b1 p1 m1 f1 d1 t1 n1 l1 g1 k1")
    )
    assert letters <= words + 1


def test_a_pair_that_straddles_two_words_is_not_demanded():
    make_product(code="A", name_zh="轻薄笔记本", name_en="")
    make_product(code="B", name_zh="商务笔记本", name_en="")
    make_product(code="C", name_zh="游戏手机", name_en="")
    make_product(code="D", name_zh="游戏 笔记本", name_en="")
    # A product that happens to have the pair must not hide the others.
    make_product(code="E", name_zh="棋戏笔筒", name_en="")
    vocabulary.learn()
    assert found("游戏笔记本") == ["D"]


def test_brand_and_category_come_before_name_before_the_rest():
    glow = make_brand(slug="glow", name_en="Glow")
    make_product(code="REST", name_en="A", summary_en="with glow")
    make_product(code="NAME", name_en="Glow lamp")
    make_product(code="BRAND", name_en="B", brand=glow)
    make_product(code="GLOW", name_en="C")
    assert found("glow") == ["GLOW", "BRAND", "NAME", "REST"]


def test_sales_decide_among_equals_once_ranks_are_refreshed():
    first, second = make_product(name_en="Glow"), make_product(name_en="Glow")
    Product.objects.filter(pk=first.pk).update(sales_count=5)
    assert found("glow") == [second.code, first.code]
    assert ranks.refresh() == 1
    assert found("glow") == [first.code, second.code]
    assert ranks.refresh() == 0
    assert search.differences([first.pk, second.pk]) == []


def test_sold_out_ones_come_last_and_no_sale_touches_the_words():
    products = [make_product(name_en="Glow") for _ in range(5)]
    before = list(Posting.objects.values_list("token", "rank", "item"))
    for product in products[3:]:
        services.set_stock(variant=product.variants.get(), stock=0, by_id=None)
    codes = [product.code for product in products]
    assert list(Posting.objects.values_list("token", "rank", "item")) == before
    wanted = [codes[2], codes[1], codes[0], codes[4], codes[3]]
    assert found("glow") == wanted


def test_the_total_is_exact_up_to_its_limit_and_honest_beyond(monkeypatch):
    for _ in range(4):
        make_product(name_en="Glow")
    for limit, total, is_exact in ((4, 4, True), (3, 3, False)):
        monkeypatch.setattr("catalog.search.engine.COUNTED", limit)
        hits = hits_of("glow")
        assert (len(hits.ids), hits.total, hits.is_exact) == (total, total, is_exact)


@pytest.mark.parametrize("columns", [["price", "pk"], ["-sales_count", "-pk"]])
@pytest.mark.parametrize("counted", [2400, 0])
def test_few_hits_and_many_are_put_in_the_same_order(monkeypatch, columns, counted):
    """Few are named to the database; of many it is passed row by row."""
    for number in range(60):
        name = "Glow" if number % 7 == 0 else "Lamp"
        made = make_product(name_en=name, price=f"{number * 37 % 50 + 1}.00")
        Product.objects.filter(pk=made.pk).update(sales_count=number * 31 % 40)
    monkeypatch.setattr("catalog.search.engine.COUNTED", counted)
    snapshot = search.snapshot()
    shelf = on_shelf(snapshot)
    glow = search.found(snapshot, search.understand("glow"), shelf)
    rows = Product.objects.all()
    hits = search.by_columns(rows, columns, glow, among=len(shelf))
    right = rows.filter(name_en="Glow").order_by(*columns).values_list("pk", flat=True)
    assert hits.order(0, 5) == list(right[:5])
    assert hits.order(5, 9) == list(right[5:9])
    everything = search.by_columns(rows, columns, shelf, among=len(shelf))
    assert everything.order(20, 30) == list(
        rows.order_by(*columns).values_list("pk", flat=True)[20:30]
    )


def test_a_synonym_is_known_at_once_one_way_or_both(laptop):
    make_product(code="PAD", name_zh="写字板", name_en="Slate")
    assert found("本子") == []
    synonym("本子", "笔记本")
    assert found("本子") == ["AUR-AIR14"]
    assert found("轻薄本子") == ["AUR-AIR14"]
    synonym("note book", "slate", is_two_way=True)
    assert found("note book") == ["PAD"]
    make_product(code="NB", name_zh="簿", name_en="Note Book")
    assert sorted(found("slate")) == ["NB", "PAD"]
    synonym("slate", "aurora")
    assert "AUR-AIR14" in found("slate")


def test_words_that_nothing_has_together_are_dropped_and_said(laptop, client):
    make_product(code="RED", name_zh="红灯", name_en="Red lamp")
    make_product(code="TOP", name_zh="红顶", name_en="Red top")
    make_product(code="UP", name_zh="红上", name_en="Red up")
    vocabulary.refresh(clock.now())
    snapshot = search.snapshot()
    plan = search.plan_for(snapshot, "red laptop", on_shelf(snapshot))
    assert plan.dropped == ("red",)
    html = client.get("/en/search/?q=red+laptop").text
    assert 'data-test="words-dropped"' in html
    assert f'data-product-id="{laptop.pk}"' in html
    # What a filter hides is no reason to leave out words.
    html = client.get("/en/search/?q=aurora+laptop&max_price=1").text
    assert 'data-test="words-dropped"' not in html
    assert 'data-test="no-results"' in html


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("latpop", "laptop"),
        ("auror", ""),
        ("aurroa", "aurora"),
        ("笔计本", "笔记本"),
        ("qqqqqq", ""),
    ],
)
def test_did_you_mean(laptop, client, query, hint):
    make_product(name_zh="商务笔记本", name_en="Business")
    vocabulary.refresh(clock.now())
    html = client.get("/en/search/", {"q": query}).text
    said = re.search(r'data-test="did-you-mean".*?<strong>(.*?)</strong>', html, re.S)
    assert (said[1] if said else "") == hint


def test_a_product_that_changes_is_found_by_its_new_words_only(laptop):
    Product.objects.filter(pk=laptop.pk).update(name_en="Aurora Sail")
    services.product_changed(product_ids=[laptop.pk])
    assert found("sail") == ["AUR-AIR14"]
    assert found("thin") == []
    assert search.differences([laptop.pk]) == []


def test_rebuild_makes_all_anew_and_changes_nothing_that_is_right(laptop):
    before = sorted(Posting.objects.values_list("token", "rank", "item"))
    Posting.objects.filter(token__startswith="w").delete()
    Posting.objects.create(token="wstray", rank=1, item_id=laptop.pk)
    Posting.objects.create(token="wgone", rank=1, item_id=10**9)
    said = []
    assert search.rebuild(lambda done, total: said.append((done, total))) == 1
    assert said == [(1, 1)]
    assert sorted(Posting.objects.values_list("token", "rank", "item")) == before


def test_learning_in_bulk_is_learning(laptop, django_capture_on_commit_callbacks):
    """The same rows as one by one; what was undone is written once more."""
    before = sorted(Posting.objects.values_list("token", "rank", "item"))
    tokens = set(SearchToken.objects.values_list("pk", flat=True))
    search.remove([laptop.pk])
    SearchToken.objects.all().delete()
    known = set()
    with transaction.atomic():
        search.index_in_bulk([laptop.pk], known)
        transaction.set_rollback(True)
    with django_capture_on_commit_callbacks(execute=True):
        search.index_in_bulk([laptop.pk], known)
    assert sorted(Posting.objects.values_list("token", "rank", "item")) == before
    assert set(SearchToken.objects.values_list("pk", flat=True)) == tokens
    assert known
    assert known <= tokens


def test_a_renamed_product_keeps_one_place_for_each_word(laptop):
    """Brand before name before the rest, wherever the word stands too."""
    Product.objects.filter(pk=laptop.pk).update(
        name_zh="极光 16GB 极光", summary_zh="极光 笔记本 16GB"
    )
    search.index([laptop.pk])
    places = {
        token: vocabulary.place_of(rank)
        for token, rank in Posting.objects.values_list("token", "rank")
    }
    assert places[search_words.word("16gb")] == 1
    assert search.differences([laptop.pk]) == []


# Line 41 of the security list --------------------------------------------------

ATTACKS = {
    "long": "x" * 10_000,
    "long Chinese": "手" * 10_000,
    "different Chinese": "".join(chr(0x4E00 + n) for n in range(100)),
    "200 words": " ".join(f"word{n}" for n in range(200)),
    "200 known words": "laptop aurora thin air " * 50,
    "no spaces": "laptopauroraair" * 20,
    "SQL": "' OR 1=1; DROP TABLE catalog_product; --",
    "comment": "laptop/**/UNION/**/SELECT",
    "boolean": '+laptop -"aurora" ~air* (thin) @4',
    "LIKE": "%_%\\",
    "NEAR": "laptop NEAR/3 aurora AND NOT (x OR y)",
    "NUL": "lap\x00top",
    "emoji": "💻🔥",
    "flags": "🇨🇳" * 40,
    "bidi": "\u202elaptop\u202c\u2066x",
    "combining": "a" + "\u0301" * 500,
    "ligature": "\ufdfa" * 100,
    "digits of another script": "٣٤٥",
    "half a character": "\ud83d",
    "zeds": "z" * 60,
    "format": "{0} %s %(x)s ${y}",
}


@pytest.mark.parametrize("query", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_answered_as_a_search(laptop, client, query, connection_queries):
    synonym("laptop", "笔记本", is_two_way=True)
    query = query.encode("utf-8", "replace").decode()
    for address in ("/search/", "/search/suggest/"):
        started = time.process_time()
        asked = connection_queries(
            lambda at=address: client.get(
                at, {"q": query}, headers={"Accept": "application/json"}
            )
        )
        assert asked < 70, query
        assert time.process_time() - started < 2
        response = client.get(address, {"q": query, "page": "1000000000"})
        assert response.status_code in (200, 302)


def test_conditions_on_the_database_are_bounded():
    known = [chr(0x4E00 + n) + chr(0x5E00 + n) for n in range(60)]
    make_product(name_zh=" ".join(known[:30]), name_en=" ".join(known[30:]))
    vocabulary.add({}, known)
    chunks = ["".join(known[n : n + 5]) for n in range(0, 45, 5)]
    plan = search.understand(" ".join(chunks))
    assert not plan.unknown
    assert 20 < sum(term.conditions for term in plan.terms) <= 30
    assert found(" ".join(chunks))


def test_marks_alone_find_nothing(laptop):
    assert found("%") == found("💻") == found("--") == []


# Type-ahead (row B9) ------------------------------------------------------------


def suggested(client, query, prefix="/en"):
    response = client.get(
        f"{prefix}/search/suggest/",
        {"q": query},
        headers={"Accept": "application/json"},
    )
    assert response.status_code == 200
    assert response.json()["ok"] is True
    return response.json()["suggestions"]


@pytest.mark.parametrize("query", ["lap", "aur", "Aurora th", "jig", "qbbjb", "极光"])
def test_suggests_from_the_second_character_on(laptop, client, query):
    offered = suggested(client, query)
    assert {"text": laptop.name_en, "url": f"/en/p/{laptop.pk}/"} in offered
    chinese = suggested(client, query, prefix="")
    assert {"text": laptop.name_zh, "url": f"/p/{laptop.pk}/"} in chinese


def test_suggests_words_and_no_more_than_ten_each_once(client):
    for number in range(15):
        make_product(name_zh=f"灯笼 {number}", name_en=f"Lantern {number}")
    offered = suggested(client, "lan")
    assert len(offered) == 10
    assert len({each["text"] for each in offered}) == 10
    assert offered[0] == {"text": "lantern", "url": "/en/search/?q=lantern"}
    assert suggested(client, "l") == []
    assert suggested(client, "zzz") == []


@pytest.mark.parametrize("typed", ["bi ji", "bi'ji'b", "bi'ji'ben", "ji guang"])
def test_suggests_while_an_input_method_parts_the_syllables(laptop, client, typed):
    vocabulary.learn()
    offered = [each["text"] for each in suggested(client, typed, prefix="")]
    assert "极光 Air 14 轻薄笔记本" in offered


def test_suggests_nothing_that_cannot_be_bought(laptop, client):
    services.set_stock(variant=laptop.variants.get(), stock=0, by_id=None)
    names = [each["text"] for each in suggested(client, "aurora")]
    assert laptop.name_en not in names


def test_an_empty_field_offers_own_and_hot_words(client):
    client.get("/en/search/?q=lantern")
    offered = suggested(client, "")
    assert {"text": "lantern", "url": "/en/search/?q=lantern"} in offered


def test_without_json_the_suggestions_are_the_search(client):
    response = client.get("/search/suggest/?q=灯")
    assert response.status_code == 302
    assert response["Location"].startswith("/search/?q=")
