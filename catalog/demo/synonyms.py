"""What shoppers call things that the demo's catalogue calls otherwise."""

from django.utils.translation import gettext_lazy as _

from catalog.models import Synonym
from catalog.search import synonyms
from shop import demo

WORDS = [
    ("充电宝", "移动电源"),
    ("笔记本", "轻薄本"),
    ("笔记本", "游戏本"),
    ("本子", "笔记本"),
    ("notebook", "笔记本"),
    ("蓝牙耳机", "耳机"),
    ("cpu", "处理器"),
    ("gpu", "显卡"),
]


@demo.step(_("Synonyms"))
def load_synonyms(wishes: demo.Wishes) -> None:
    """A synonym that is there stays."""
    for word, meaning in WORDS:
        Synonym.objects.get_or_create(
            word_key=synonyms.key_of(word),
            meaning_key=synonyms.key_of(meaning),
            defaults={"word": word, "meaning": meaning},
        )
