from datetime import UTC, datetime, timedelta

from django.utils import timezone

from shop import clock

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def test_stands_still_inside_the_block_and_goes_on_after_it():
    with clock.at(NEW_YEAR):
        assert clock.now() == NEW_YEAR
        with clock.at(NEW_YEAR + timedelta(days=1)):
            assert clock.now() == NEW_YEAR + timedelta(days=1)
        assert clock.now() == NEW_YEAR
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)


def test_offset_shifts_the_shops_time(settings):
    settings.CLOCK_OFFSET = 3600
    ahead = clock.now() - timezone.now()
    assert timedelta(minutes=59) < ahead < timedelta(minutes=61)
