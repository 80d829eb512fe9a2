"""Are the message catalogues complete and up to date? Run by script/lint.

The source is gathered anew, in a copy, so that no file of the project changes.
"""

import gettext
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What makemessages reads, and what it needs to start.
SOURCES = {".py", ".html", ".txt"}
NOT_OURS = {"media", "staticfiles", "node_modules"}
MEND = "to mend it: manage.py makemessages -l {}, translate, manage.py compilemessages"


def run(*command: object, **options: object) -> str:
    """What the command says, on both channels; its status does not matter."""
    done = subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"LC_ALL": "C.UTF-8", "DEBUG": "true"},
        **options,  # type: ignore[call-overload]
    )
    return str(done.stdout).strip()


def copy_source(target: Path) -> None:
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [
            name for name in subfolders if name not in NOT_OURS and name[0] != "."
        ]
        copy = target / Path(folder).relative_to(ROOT)
        copy.mkdir(exist_ok=True)
        for name in names:
            if Path(name).suffix in SOURCES:
                shutil.copyfile(Path(folder, name), copy / name)
    (target / "locale").mkdir(exist_ok=True)


def faults(po: Path, pot: Path, scratch: Path) -> list[str]:
    """What is wrong with one catalogue, in gettext's own words."""
    # Missing in the catalogue, not translated, fuzzy, or no longer in the source.
    found = run("msgcmp", po, pot).splitlines()
    for number, line in enumerate(po.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#~ msgid"):
            found.append(f"{po}:{number}: obsolete, take it out")
    compiled = scratch / "django.mo"
    found += run("msgfmt", "--check-format", "-o", compiled, po).splitlines()
    mo = po.with_suffix(".mo")
    if not found and messages(compiled) != messages(mo):
        found.append(f"{mo}: not compiled from the present {po.name}")
    return found


def messages(mo: Path) -> dict[object, str]:
    """All but the header, which names times and tools."""
    if not mo.exists():
        return {}
    with mo.open("rb") as file:
        catalogue = dict(vars(gettext.GNUTranslations(file))["_catalog"])
    catalogue.pop("", None)
    return catalogue


def main() -> int:
    os.chdir(ROOT)
    catalogues = sorted(Path().glob("locale/*/LC_MESSAGES/django.po"))
    if not catalogues:
        print("locale/ has no catalogue")
        return 1
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="shop-messages.") as folder:
        scratch = Path(folder)
        copy_source(scratch)
        said = run(
            sys.executable, "manage.py", "makemessages", "-l", "en", "--keep-pot",
            cwd=scratch,
        )  # fmt: skip
        pot = scratch / "locale" / "django.pot"
        if not pot.exists():
            print(said)
            return 1
        for po in catalogues:
            language = po.parent.parent.name
            if wrong := faults(po, pot, scratch):
                found += [*wrong, MEND.format(language)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
