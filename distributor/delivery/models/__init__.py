"""The ledger's tables, accounts, and the keys that sign."""

from distributor.delivery.models.account import Account, Connection, NetworkApp
from distributor.delivery.models.digest import Digest
from distributor.delivery.models.dispatch import Attempt, Batch, Delivery, Dispatch
from distributor.delivery.models.signing import SigningKey
from distributor.delivery.models.turn import Turn

__all__ = [
    "Account",
    "Attempt",
    "Batch",
    "Connection",
    "Delivery",
    "Digest",
    "Dispatch",
    "NetworkApp",
    "SigningKey",
    "Turn",
]
