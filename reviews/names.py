"""How somebody is called who does not want to be known."""


def masked(nickname: str) -> str:
    """Return `z***n` for `zhangsan`; "" when that would give the name away.

    Of two characters, first and last are the whole name.
    """
    if len(nickname) < 3:
        return ""
    return f"{nickname[0]}***{nickname[-1]}"
