"""Password hashing at a price that a small machine can pay."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class LightArgon2PasswordHasher(Argon2PasswordHasher):
    """argon2id with 19 MiB, two passes, one lane: OWASP's smallest advice.

    Django's own default takes 100 MiB and some 300 ms a login; sixteen logins at once
    would take 1.6 GB. This takes 30 ms.
    """

    algorithm = "argon2"
    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
