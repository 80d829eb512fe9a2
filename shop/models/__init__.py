"""The ground floor's own rows: rules, messages, the journal, the runner's last run."""

from shop.models.append_only import AppendOnly, AppendOnlyQuerySet, AppendOnlyRow
from shop.models.journal import JournalEntry
from shop.models.messages import MutedTopic, OutgoingMessage
from shop.models.rates import RateCount
from shop.models.rules import ClockRun, Policy

__all__ = [
    "AppendOnly",
    "AppendOnlyQuerySet",
    "AppendOnlyRow",
    "ClockRun",
    "JournalEntry",
    "MutedTopic",
    "OutgoingMessage",
    "Policy",
    "RateCount",
]
