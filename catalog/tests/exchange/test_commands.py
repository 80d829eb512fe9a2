import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalog.models import Picture, Product
from catalog.tests.exchange.files import as_csv, exported, new_row
from catalog.tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    """Run import_products on a file of these rows; return what it printed."""

    def start(content, *options, name="shop.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        out, err = StringIO(), StringIO()
        try:
            call_command("import_products", str(path), *options, stdout=out, stderr=err)
        except CommandError as error:
            return out.getvalue(), err.getvalue(), str(error)
        return out.getvalue(), err.getvalue(), ""

    return start


def test_a_dry_run_shows_every_row_and_writes_nothing(run):
    product = make_product(price="100.00", stock=10)
    code = product.variants.get().code
    before = exported()
    rows = [{"code": code, "price": "90", "stock": "12"}]
    out, err, failed = run(as_csv(*rows), "--dry-run")
    row, counts = out.splitlines()
    said = "stock: 10 → 12 (+2); price: 100.00 → 90.00"
    assert row.split(maxsplit=3) == ["2", code, "changed", said]
    assert counts == "0 new, 1 changed, 0 unchanged, 0 error"
    assert (err, failed) == ("", "")
    assert exported() == before


def test_a_dry_run_with_errors_fails_and_shows_the_others(run):
    rows = [new_row(), new_row(code="NEW-1-B", options="颜色=白", price="x")]
    out, err, failed = run(as_csv(*rows), "--dry-run")
    assert [line.split()[2] for line in out.splitlines()[:2]] == ["new", "error"]
    assert err == "line 3, column price: Enter a number, such as 6999.00.\n"
    assert failed == "Nothing was changed."


def test_a_dry_run_as_json(run):
    out, _err, _failed = run(as_csv(new_row()), "--dry-run", "--json")
    row = json.loads(out)
    assert (row["line"], row["code"], row["state"]) == (2, "NEW-1-A", "new")
    assert {"column": "price", "from": "", "to": "99.00"} in row["changes"]


def test_an_import_says_what_it_did(run):
    assert run(as_csv(new_row())) == (
        "1 new, 0 changed, 0 unchanged, 0 error\n",
        "",
        "",
    )
    assert Product.objects.get().code == "NEW-1"


def test_wrong_cells_are_told_in_english_one_a_line(run):
    out, err, failed = run(as_csv(new_row(price="x", stock="y")))
    assert out == ""
    assert err.splitlines() == [
        "line 2, column price: Enter a number, such as 6999.00.",
        "line 2, column stock: Enter a number, such as 6999.00.",
    ]
    assert failed == "Nothing was changed."
    assert not Product.objects.exists()


def test_files_that_are_not_there_or_no_file(run, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_products", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="directory"):
        call_command("import_products", str(tmp_path))
    assert "no such folder" in run(as_csv(new_row()), "--pictures", "/none/there")[2]
    with pytest.raises(CommandError, match=r"\.csv or \.xlsx"):
        call_command("export_products", str(tmp_path / "shop.txt"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("export_products", str(tmp_path / "none" / "shop.csv"))
    assert "neither UTF-8 nor GBK" in run(b"code\r\n\xff\xff")[2]


def test_a_number_in_the_first_column(run):
    """Spreadsheets turn a code of digits into a number, and back."""
    run(as_csv(new_row(code="100123")))
    assert Product.objects.get().variants.get().code == "100123"
    assert not Picture.objects.exists()


ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="its shop is on SQLite")
def test_an_import_that_is_killed_leaves_nothing(tmp_path):
    """A shop of its own on disk: the command is ended in the middle of writing."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/shop.sqlite3",
        "MEDIA_ROOT": str(tmp_path / "media"),
        "DEBUG": "true",
        "SECRET_KEY": "x",
    }

    def manage(*arguments):
        return [sys.executable, "manage.py", *arguments]

    def codes():
        script = "print(Product.objects.count(), Brand.objects.count())"
        done = subprocess.run(
            manage("shell", "-v0", "-c", script),
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    subprocess.run(manage("migrate", "-v0"), cwd=ROOT, env=environment, check=True)
    rows = [new_row(code=f"V-{n}", product=f"P-{n}") for n in range(4000)]
    path = tmp_path / "shop.csv"
    path.write_bytes(as_csv(*rows))
    wal = tmp_path / "shop.sqlite3-wal"
    for how in (signal.SIGKILL, signal.SIGTERM):
        started = subprocess.Popen(
            manage("import_products", str(path)),
            cwd=ROOT,
            env=environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        deadline = time.monotonic() + 60
        # It writes: what it wrote so far is in the log, and not in the shop yet.
        while not (wal.exists() and wal.stat().st_size > 100_000):
            assert started.poll() is None, started.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        started.send_signal(how)
        assert started.wait(timeout=60) != 0
        # Whoever opens the shop next empties the log.
        assert codes() == "0 0"
