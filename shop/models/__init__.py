"""The ground floor's own rows: rules, messages, the journal, the runner's last run."""

from shop.models.journal import AppendOnly, JournalEntry
from shop.models.messages import OutgoingMessage
from shop.models.rules import ClockRun, Policy

__all__ = ["AppendOnly", "ClockRun", "JournalEntry", "OutgoingMessage", "Policy"]
