"""What is wrong with a file: with all of it, or with one cell."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop.refusals import Refusal

#: So many are told; the rest is counted.
MOST_TOLD = 100


class Unreadable(Refusal):
    """The file cannot be read at all, or is larger than we take."""

    error = "unreadable_file"
    status = 400
    message = _("The file cannot be read.")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell; the line is the row of the spreadsheet."""

    line: int
    column: str
    message: str | Promise

    def __str__(self) -> str:
        return gettext("line %(line)d, column %(column)s: %(message)s") % {
            "line": self.line,
            "column": self.column,
            "message": self.message,
        }


class Refused(Refusal):
    """Some cells are wrong, so that no row was written."""

    error = "wrong_cells"
    status = 400
    message = _("Some cells are wrong. Nothing was changed.")

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems

    def told(self) -> list[str]:
        """Return the first problems, and how many more there are, as lines."""
        lines = [str(problem) for problem in self.problems[:MOST_TOLD]]
        more = len(self.problems) - MOST_TOLD
        if more > 0:
            lines.append(gettext("and %(number)d more") % {"number": more})
        return lines
