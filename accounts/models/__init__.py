"""Who shops here: the account, its wallet, codes and addresses."""

from accounts.models.accounts import Language, User
from accounts.models.addresses import Address
from accounts.models.codes import CodeTarget, OneTimeCode
from accounts.models.second_factor import Authenticator, RecoveryCode
from accounts.models.sessions import Session
from accounts.models.throttle import Budget
from accounts.models.wallets import MOST_MONEY, Wallet, WalletEntry

__all__ = [
    "MOST_MONEY",
    "Address",
    "Authenticator",
    "Budget",
    "CodeTarget",
    "Language",
    "OneTimeCode",
    "RecoveryCode",
    "Session",
    "User",
    "Wallet",
    "WalletEntry",
]
