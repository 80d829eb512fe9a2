"""Words that shoppers read: none is left out of the message catalogues."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

#: Under another name than these, makemessages finds no sentence.
HIDDEN = re.compile(r"gettext\w* as (?!_\n)\w+")


def test_every_sentence_is_found_by_makemessages():
    folders = {Path(app.path) for app in apps.get_app_configs()}
    own = [folder for folder in folders if folder.parent == settings.BASE_DIR]
    assert own
    sources = [path for folder in own for path in folder.rglob("*.py")]
    hidden = {
        path: found
        for path in sources
        if (found := HIDDEN.findall(path.read_text(encoding="utf-8")))
    }
    assert hidden == {}
