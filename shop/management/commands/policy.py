"""manage.py policy: read and change the shop's own rules (row I10)."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from shop import policy

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Without arguments list all rules, `name<TAB>value<TAB>unit` a line; with a "
        "NAME print its bare value; with a VALUE change it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="a rule's name")
        parser.add_argument("value", nargs="?", help="its new value")

    def handle(self, *args: Any, **options: Any) -> None:
        name, value = options["name"], options["value"]
        rules = {rule.name: rule for rule in policy.rules()}
        if name is None:
            values = policy.amounts(rules)
            for rule in rules.values():
                written = rule.written(values[rule.name])
                self.stdout.write(f"{rule.name}\t{written}\t{rule.unit}")
            return
        if name not in rules:
            raise CommandError(f"unknown rule {name}; known: {', '.join(rules)}")
        rule = rules[name]
        if value is not None:
            self._change(rule, value)
        self.stdout.write(rule.written(policy.amount(name)))

    def _change(self, rule: policy.Rule, value: str) -> None:
        before = rule.written(policy.amount(rule.name))
        try:
            policy.change(rule.name, value)
        except ValidationError as error:
            raise CommandError(f"{rule.name}: {' '.join(error.messages)}") from error
        after = rule.written(policy.amount(rule.name))
        logger.info("policy %s changed from %s to %s", rule.name, before, after)
