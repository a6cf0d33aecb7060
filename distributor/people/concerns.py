"""Whom something in a publication concerns: the one place that answers it, by what people may do there."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import Q

from distributor.domain.dispatch_actions import ROLES, Role
from distributor.letters.models import Publication
from distributor.people.models import RoleGrant


def colleagues(publication: Publication, *, least: Role) -> list[User]:
    """Return the active editors who may do in a publication what asks for this role, by name."""
    grants = RoleGrant.objects.filter(
        Q(publication=publication) | Q(publication=None), role__in=ROLES[ROLES.index(least) :]
    )
    users = get_user_model().objects.filter(is_active=True, is_staff=True)
    return list(users.filter(Q(is_superuser=True) | Q(pk__in=grants.values("user"))).order_by("username"))
