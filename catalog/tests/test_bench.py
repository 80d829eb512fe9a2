"""`script/bench --check`: pages answer rightly, and ask the database little."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import IS_THOROUGH

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.skipif(
    not IS_THOROUGH, reason="fills 3 000 products: script/test --thorough"
)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.skipif("MARIADB_PID" in os.environ, reason="measures SQLite")
def test_pages_answer_rightly_under_the_production_server():
    done = subprocess.run(
        [sys.executable, "-m", "benchmark", "--check"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "script")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
