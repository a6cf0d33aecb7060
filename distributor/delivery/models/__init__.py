"""The ledger's tables, accounts, and the keys that sign."""

from distributor.delivery.models.account import Account, NetworkApp, PendingConnection
from distributor.delivery.models.budget_use import RateBudgetUse
from distributor.delivery.models.digest import Digest
from distributor.delivery.models.dispatch import Attempt, Batch, Delivery, Dispatch
from distributor.delivery.models.operation import Epoch, Heartbeat, MetricProgress, MetricTotal
from distributor.delivery.models.override import Override
from distributor.delivery.models.remote_post import RemotePost
from distributor.delivery.models.signing_key import SigningKey
from distributor.delivery.models.transactional_mail import TransactionalMail

__all__ = [
    "Account",
    "Attempt",
    "Batch",
    "Delivery",
    "Digest",
    "Dispatch",
    "Epoch",
    "Heartbeat",
    "MetricProgress",
    "MetricTotal",
    "NetworkApp",
    "Override",
    "PendingConnection",
    "RateBudgetUse",
    "RemotePost",
    "SigningKey",
    "TransactionalMail",
]
