"""The ledger's tables, accounts, and the keys that sign."""

from distributor.delivery.models.account import Account
from distributor.delivery.models.digest import Digest
from distributor.delivery.models.dispatch import Attempt, Batch, Delivery, Dispatch
from distributor.delivery.models.signing import SigningKey

__all__ = ["Account", "Attempt", "Batch", "Delivery", "Digest", "Dispatch", "SigningKey"]
