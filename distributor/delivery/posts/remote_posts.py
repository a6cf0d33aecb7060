"""Which posts on the networks a dispatch holds: each belongs to one dispatch, and only that one deletes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from distributor.channels import registry, stored_variants
from distributor.channels.lookups import alike
from distributor.delivery.models import Dispatch, RemotePost
from distributor.domain.states import State
from distributor.domain.variants import Variant

_MARGIN = timedelta(hours=1)  # a post is held a moment after it was made, by whatever clock


def realm(dispatch: Dispatch) -> str:
    """Return which account on the network a dispatch posts as, "" where its channel has none."""
    account = dispatch.account
    if account is None:
        return ""
    return account.remote_id or f"account {account.pk}"


def hold(dispatch: Dispatch, ids: Iterable[str]) -> Dispatch | None:
    """Have a dispatch hold these posts of its network; else return the dispatch that holds one of them already.

    Where nothing can be looked up, only the network itself can have named an id twice: the newest dispatch holds it.
    """
    new_posts = [
        RemotePost(dispatch=dispatch, channel=dispatch.channel, realm=realm(dispatch), remote_id=remote_id)
        for remote_id in sorted(set(ids))
    ]
    if not new_posts:
        return None
    same_ids = RemotePost.objects.filter(
        channel=dispatch.channel, realm=realm(dispatch), remote_id__in=[post.remote_id for post in new_posts]
    ).exclude(dispatch=dispatch)
    if not registry.get(dispatch.channel).capabilities.lookup:
        same_ids.delete()
    with transaction.atomic():
        RemotePost.objects.bulk_create(new_posts, ignore_conflicts=True)
        foreign_post = same_ids.select_related("dispatch").order_by("pk").first()
        if foreign_post is not None:
            transaction.set_rollback(True)
    return foreign_post.dispatch if foreign_post is not None else None


def ids_of(dispatch: Dispatch) -> tuple[str, ...]:
    """Return the ids of what a dispatch holds, those of its receipt in their order, the others before them."""
    held_ids = list(dispatch.remote_posts.order_by("pk").values_list("remote_id", flat=True))
    receipt = dispatch.receipt or {}
    order = list(receipt.get("thread") or [receipt.get("remote_id", "")])
    return tuple(sorted(held_ids, key=lambda held_id: order.index(held_id) if held_id in order else -1))


def foreign_ids(dispatch: Dispatch, since: datetime) -> frozenset[str]:
    """Return the ids that other dispatches hold on this network, of all posts that were made from `since` (aware) on.

    Of every account there: the same one may be connected twice, and then each is a realm of its own.
    """
    posts = RemotePost.objects.filter(channel=dispatch.channel, created_at__gte=since - _MARGIN)
    return frozenset(posts.exclude(dispatch=dispatch).values_list("remote_id", flat=True))


def rival(dispatch: Dispatch, variant: Variant) -> Dispatch | None:
    """Return a dispatch that says the same through the same account, and of which it is not certain whether it is out.

    Until that is certain no look-up could tell the two apart.
    """
    unclear_dispatches = Dispatch.objects.filter(
        channel=dispatch.channel,
        state__in=[State.SENDING.value, State.UNCONFIRMED.value],
        variant__isnull=False,
    ).exclude(pk=dispatch.pk)
    for candidate in unclear_dispatches.select_related("account").order_by("pk"):
        if realm(candidate) == realm(dispatch) and alike(stored_variants.read(candidate.variant or {}), variant):
            return candidate
    return None
