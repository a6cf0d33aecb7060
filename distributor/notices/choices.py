"""Which notices somebody gets: all of them, until they switch some off."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User

from distributor.notices.kinds import KINDS
from distributor.notices.models import NoticeChoice


def kinds_of(user: User) -> frozenset[str]:
    """Return the kinds of notices that somebody wants."""
    choice = NoticeChoice.objects.filter(user=user).first()
    return frozenset(KINDS) - frozenset(choice.off if choice else ())


def choose(user: User, kinds: Collection[str]) -> None:
    """Keep which kinds somebody wants. What there is no kind of is passed over."""
    off = [name for name in KINDS if name not in kinds]
    NoticeChoice.objects.update_or_create(user=user, defaults={"off": off})


def refusers(users: Collection[User], kind: str) -> frozenset[int]:
    """Return the numbers of those users who have switched a kind off."""
    rows = NoticeChoice.objects.filter(user__in=[user.pk for user in users], off__contains=[kind])
    return frozenset(rows.values_list("user_id", flat=True))
