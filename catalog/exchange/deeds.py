"""The whole of an import: look at a file, or carry it out, all rows or none."""

from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from catalog.exchange.applying import Applied, carry_out, one_at_a_time
from catalog.exchange.picture_files import PictureFiles, Taken
from catalog.exchange.picture_sources import open_source
from catalog.exchange.plan import Plan
from catalog.exchange.planning import make_plan
from catalog.exchange.problems import Refused
from catalog.exchange.reading import Sheet
from catalog.models import Picture
from shop.refusals import Refusal
from shop.retry import whole_deed

Progress = Callable[[int, int], None]


class PlanMoved(Refusal):
    """The shop changed between the look and the deed, and with it the plan."""

    error = "plan_moved"
    message = _("The shop has changed meanwhile. Please look at the rows again.")


def look(
    sheet: Sheet,
    *,
    pictures: Path | None = None,
    taken: Taken | None = None,
    progress: Progress = lambda done, total: None,
) -> Plan:
    """Say what an import would do, and write nothing.

    `pictures` is a folder or a ZIP, `taken` are pictures that were stored beforehand.
    """
    return make_plan(sheet, _files(pictures, taken, is_kept=False), progress)


def apply_import(
    sheet: Sheet,
    *,
    by_id: int | None,
    pictures: Path | None = None,
    taken: Taken | None = None,
    seen: str = "",
    progress: Progress = lambda done, total: None,
) -> Applied:
    """Import a file: all rows, or none and Refused with all that is wrong.

    `seen` is the fingerprint of the plan that staff looked at; PlanMoved when it is
    another by now. Raises OutOfStock when units were sold that the file takes away.
    """
    # Files first: what is written to disk cannot be rolled back, but taken away.
    files = _files(pictures, taken, is_kept=True)
    done = False
    try:
        files.keep(sheet)
        applied = _apply(sheet, files, by_id, seen, progress)
        done = True
        return applied
    finally:
        if not done:
            known = Picture.objects.filter(stem__in=files.stored)
            files.forget(set(known.values_list("stem", flat=True)))


def _files(
    pictures: Path | None, taken: Taken | None, *, is_kept: bool
) -> PictureFiles:
    source = open_source(pictures) if pictures else None
    return PictureFiles(source, taken=taken, is_kept=is_kept)


@whole_deed
def _apply(
    sheet: Sheet, files: PictureFiles, by_id: int | None, seen: str, progress: Progress
) -> Applied:
    one_at_a_time()
    # Made again behind the door: another import may have passed it before us.
    plan = make_plan(sheet, files)
    refuse_problems(plan)
    if seen and plan.fingerprint != seen:
        raise PlanMoved
    return carry_out(plan, reason=sheet.mark, by_id=by_id, progress=progress)


def refuse_problems(plan: Plan) -> None:
    """Raise Refused when anything is wrong with a file."""
    if plan.problems:
        raise Refused(plan.problems)
