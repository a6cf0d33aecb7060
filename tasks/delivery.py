"""Delivery's tasks: each takes ids, calls one action, and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from distributor.delivery import release
from distributor.delivery.accounts import tokens
from distributor.delivery.mail import transactional
from distributor.delivery.mail.send import continue_spread, send_mail
from distributor.delivery.posts import lookup, rate_budgets
from distributor.delivery.posts.recall import carry_out
from distributor.delivery.posts.send import send_post


@shared_task(name="delivery.tick")
def tick() -> None:
    """Release what is due."""
    release.tick()


@shared_task(name="delivery.post")
def post(dispatch_id: int) -> None:
    """Make the one call of a released post."""
    send_post(dispatch_id)


@shared_task(name="delivery.mail")
def mail(dispatch_id: int) -> None:
    """Take one turn of a released mail dispatch."""
    send_mail(dispatch_id)


@shared_task(name=transactional.TASK)
def transactional_mail(mail_id: int) -> None:
    """Send one transactional mail."""
    transactional.deliver(mail_id)


@shared_task(name="delivery.forget_transactional_mails")
def forget_transactional_mails() -> None:
    """Remove transactional mails that were settled long ago."""
    transactional.forget(timezone.now())


@shared_task(name="delivery.spread")
def spread(dispatch_id: int) -> None:
    """Spread further recipients of a mail dispatch into batches."""
    continue_spread(dispatch_id)


@shared_task(name="delivery.settle")
def settle(dispatch_id: int) -> None:
    """Look for a post whose answer was lost."""
    lookup.settle(dispatch_id)


@shared_task(name="delivery.recall")
def recall(dispatch_id: int) -> None:
    """Take a post back from its network."""
    carry_out(dispatch_id)


@shared_task(name="delivery.renew")
def renew(account_id: int) -> None:
    """Renew an account's token."""
    tokens.renew(account_id)


@shared_task(name="delivery.forget_budget_uses")
def forget_budget_uses() -> None:
    """Forget budget uses that no budget counts any more."""
    rate_budgets.forget(timezone.now())


@shared_task(name="delivery.sweep")
def sweep() -> None:
    """Find what was lost on the way."""
    release.sweep()
