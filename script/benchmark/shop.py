"""A shop to measure: its database, filled once and kept, and its servers."""

import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / ".bench"
#: What decides how a filled database looks.
FILLED_BY = (
    "*/migrations/*.py",
    "catalog/demo/*.py",
    "catalog/fixtures/*.json",
    *(f"catalog/search/{name}.py" for name in ("document", "vocabulary", "words")),
)
#: How a shop is served to be measured. Without a cache a visitor is the first one for
#: every page, with BENCH_FORGETS also the first one after a change of the catalogue.
MODES = {
    "first": {"CACHE_URL": "dummycache://"},
    "changed": {"CACHE_URL": "dummycache://", "BENCH_FORGETS": "1"},
    "again": {"CACHE_URL": "locmemcache://"},
}
#: What one address may ask for only so often within a minute.
COUNTED = ("searches", "suggestions")
PATIENCE = 30  # seconds for a server to start
#: As the README runs it.
WORKERS = ["--workers", "2", "--threads", "4"]


def fingerprint() -> str:
    """Name the code that fills a database, so that another's is not taken for it."""
    digest = hashlib.sha256()
    for pattern in FILLED_BY:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def kept_folder(engine: str, products: int) -> Path:
    """Return the folder of a filled database; older ones of its kind are removed."""
    folder = KEPT / f"{engine}-{products}-{fingerprint()}"
    for old in KEPT.glob(f"{engine}-{products}-*"):
        if old != folder:
            shutil.rmtree(old)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def environment(database_url: str) -> dict[str, str]:
    """Return the environment of production, whatever this machine's .env says."""
    return os.environ | {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'script'}",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(45),
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXIES": "1",
        "DATABASE_URL": database_url,
        "REPLICA_URL": "",
        "MEDIA_ROOT": str(KEPT / "media"),
        "EMAIL_URL": "dummymail://",
        "SMS_URL": f"file://{KEPT / 'sms'}",
        "LOG_LEVEL": "WARNING",
    }


def fill(folder: Path, products: int, variables: dict[str, str]) -> None:
    """Load the demo and as many products more, once."""
    done = folder / "filled"
    if done.exists():
        return
    print(f"filling {folder.name}, once", file=sys.stderr)
    manage = [sys.executable, "manage.py"]
    for command in (
        ["migrate", "--verbosity", "0", "--no-input"],
        ["load_demo", "--products", str(products)],
        # One address asks for all.
        *(["policy", f"{what}_per_minute", "1000000"] for what in COUNTED),
    ):
        subprocess.run(
            manage + command,
            cwd=ROOT,
            env=variables,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    done.touch()


def collect_static(variables: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "collectstatic", "-v0", "--no-input"]
    subprocess.run(command, cwd=ROOT, env=variables, check=True)


@dataclass(frozen=True)
class Server:
    """A running shop; `mode` is a key of MODES."""

    mode: str
    port: int
    pid: int

    def workers(self) -> list[int]:
        """Return the processes that answer; the first one only watches them."""
        text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in text.split()]


@contextmanager
def servers(variables: dict[str, str]) -> Iterator[list[Server]]:
    """Start a shop in each mode, beside each other; end them all."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(_server(mode, variables | more))
            for mode, more in MODES.items()
        ]


@contextmanager
def _server(mode: str, variables: dict[str, str]) -> Iterator[Server]:
    port = _free_port()
    gunicorn = [sys.executable, "-m", "gunicorn", "benchmark.wsgi:application"]
    bind = ["--bind", f"127.0.0.1:{port}", "--keep-alive", "60"]
    process = subprocess.Popen(
        [*gunicorn, *WORKERS, *bind, "--log-level", "warning"], cwd=ROOT, env=variables
    )
    try:
        _wait_for(port, process)
        yield Server(mode, port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        number: int = door.getsockname()[1]
        return number


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the shop did not start")
