import pytest
from django.utils import translation

from orders.templatetags.orders import percent_off


@pytest.mark.parametrize(
    ("percent", "left"),
    [(5, "95"), (12, "88"), (20, "8"), (50, "5"), (90, "1"), (95, "0.5"), (99, "0.1")],
)
def test_a_percentage_is_said_as_each_language_reads_it(percent, left, monkeypatch):
    with translation.override("en"):
        assert percent_off(percent) == f"{percent}% off"
    monkeypatch.setattr(
        "orders.templatetags.orders.pgettext", lambda _context, _text: "%(number)s折"
    )
    with translation.override("zh-hans"):
        assert percent_off(percent) == f"{left}折"
