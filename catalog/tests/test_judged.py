"""The judged list: what shoppers type, and what they would want to see (row M7)."""

import csv
import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command

from catalog import search
from catalog.models import Category, Product
from catalog.search import engine, hints
from shop import clock

pytestmark = pytest.mark.django_db

JUDGED = Path(__file__).parent / "judged_queries.csv"
#: The first three of each query, as any database must answer. SHOP_WRITE_JUDGED=1
#: writes it anew; read the difference before committing it.
ANSWERS = Path(__file__).parent / "judged_answers.json"
ENOUGH = 0.95


def judged():
    lines = JUDGED.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def first_three(query, snapshot, on_shelf):
    plan = search.plan_for(snapshot, query, on_shelf)
    fitting = search.found(snapshot, plan, on_shelf)
    if not fitting:
        return [f"hint:{hints.hint_for(snapshot, on_shelf, plan)}"]
    if plan.terms:
        ids = search.by_rank(snapshot, plan, fitting).order(0, 3)
    else:
        best = Product.objects.best_sellers_first().filter(pk__in=list(fitting))
        ids = list(best.values_list("pk", flat=True)[:3])
    codes = dict(Product.objects.filter(pk__in=ids).values_list("pk", "code"))
    return [codes[pk] for pk in ids]


def score(answers):
    """Return the share with the wanted first hit in the top three, and the MRR."""
    ranks = []
    for row in judged():
        wanted = row["expected"]
        first = wanted if wanted.startswith("hint:") else wanted.split()[0]
        found = answers[row["query"]]
        ranks.append(1 / (found.index(first) + 1) if first in found else 0)
    return sum(map(bool, ranks)) / len(ranks), sum(ranks) / len(ranks)


def answer_all():
    snapshot = search.snapshot()
    visible = Category.objects.visible().values_list("pk", flat=True)
    on_shelf = snapshot.states.public(visible, clock.now())
    return {
        row["query"]: first_three(row["query"], snapshot, on_shelf) for row in judged()
    }


@pytest.fixture
def demo():
    call_command("load_demo")


def test_shoppers_find_what_they_want_the_same_on_every_database(
    demo, monkeypatch, capsys
):
    assert len(judged()) >= 200
    assert len({row["query"] for row in judged()}) == len(judged())
    codes = set(Product.objects.values_list("code", flat=True))
    for row in judged():
        if not row["expected"].startswith("hint:"):
            assert set(row["expected"].split()) <= codes, row

    answers = answer_all()
    if os.environ.get("SHOP_WRITE_JUDGED") == "1":
        text = json.dumps(answers, ensure_ascii=False, indent=0)
        ANSWERS.write_text(text + "\n", encoding="utf-8")
    share, mrr = score(answers)

    # A shop of a million products ranks by the rarest word alone.
    monkeypatch.setattr(engine, "SCORED", 0)
    share_at_size, mrr_at_size = score(answer_all())
    with capsys.disabled():
        print(  # noqa: T201
            f"\njudged list: {len(judged())} queries, wanted first hit in the top "
            f"three {share:.1%}, MRR {mrr:.3f}; the way of a large shop "
            f"{share_at_size:.1%}, {mrr_at_size:.3f}"
        )
    assert share >= ENOUGH
    assert share_at_size >= ENOUGH
    assert answers == json.loads(ANSWERS.read_text(encoding="utf-8"))
