"""manage.py create_roles: the four groups of staff (row I2)."""

from typing import Any

from django.core.management.base import BaseCommand

from shop import roles


class Command(BaseCommand):
    help = "Make the staff groups have just the rights that their roles need."

    def handle(self, *args: Any, **options: Any) -> None:
        for group in roles.write_groups():
            self.stdout.write(f"{group.name}: {group.permissions.count()} permissions")
