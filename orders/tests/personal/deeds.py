"""Taking the data along, and closing the account, as tests do it."""

import json

from django.core.management import call_command

from accounts.tests.factories import PASSWORD

EXPORT, CLOSE = "/en/accounts/export/", "/en/accounts/close/"
PHONE, EMAIL = "13800138000", "alice@x.com"


def export(client):
    response = client.post(EXPORT)
    assert response.status_code == 200
    return json.loads(response.content)


def close(client, password=PASSWORD, **headers):
    return client.post(CLOSE, {"password": password}, headers=headers)


def audited():
    """Tell that nothing is wrong with the books; `audit` exits else."""
    call_command("audit")
    return True
