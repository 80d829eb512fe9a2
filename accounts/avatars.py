"""The picture of an account: one file on disk, its path in the database (row A8)."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db.models import F
from PIL import Image, ImageOps

from accounts.models import User
from accounts.refusals import AvatarNotSaved
from shop import images

FOLDER = "avatars"
SIDE = 256


def replace_avatar(*, user: User, picture: Image.Image) -> None:
    """Put `picture`, as `shop.images` decoded it, in the place of the account's avatar.

    The name stays the same, so the old file is gone with the same stroke; the address
    changes in its version. Raises AvatarNotSaved when the disk refuses; then all is
    as before.
    """
    square = ImageOps.fit(picture, (SIDE, SIDE), Image.Resampling.LANCZOS)
    name = User.objects.values_list("avatar", flat=True).get(pk=user.pk)
    try:
        if name:
            images.save_webp(square, path_of(name))
        else:
            _save_first(user, square)
    except OSError as error:
        raise AvatarNotSaved from error
    User.objects.filter(pk=user.pk).update(avatar_version=F("avatar_version") + 1)


def path_of(name: str) -> Path:
    """Return where on disk an avatar lies."""
    return Path(settings.MEDIA_ROOT) / name


def remove_avatar(name: str) -> None:
    """Take an account's own picture off the disk; the default one is no account's."""
    if name:
        path_of(name).unlink(missing_ok=True)


def _save_first(user: User, square: Image.Image) -> None:
    # Random, so that nobody finds an account by its picture's address. The file is
    # there before the row names it: a path without a file would be a broken picture.
    name = f"{FOLDER}/{secrets.token_hex(16)}.webp"
    path = path_of(name)
    images.save_webp(square, path)
    try:
        unnamed = User.objects.filter(pk=user.pk, avatar="", closed_at=None)
        if unnamed.update(avatar=name):
            return
        # Another upload of the same account was first: its name stays, our picture
        # takes the place of that one. (Of an account closed meanwhile there is none.)
        kept = User.objects.values_list("avatar", flat=True).get(pk=user.pk)
        os.replace(path, path_of(kept))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
