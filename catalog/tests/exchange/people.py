"""Staff who look after the catalogue, and others who must not."""

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from accounts.tests.factories import make_user


def staff(role, **fields):
    call_command("create_roles", verbosity=0)
    user = make_user(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client
