"""Whom something in a publication concerns: the one place that answers it, by what people may do there."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from distributor.domain.dispatch_actions import Role, permits
from distributor.letters.models import Publication
from distributor.people.editors import role_of


def colleagues(publication: Publication, *, least: Role) -> list[User]:
    """Return the active editors who may do in a publication what asks for this role, by name."""
    users = get_user_model().objects.filter(is_active=True, is_staff=True).order_by("username")
    return [user for user in users if permits(_role_in(publication, user), least)]


def _role_in(_publication: Publication, user: User) -> Role:
    """Return what somebody is in a publication: so far what they are in all of them."""
    return role_of(user)
