"""Who has which role: read by every door, given and taken by admins. `domain/roles` has the rule."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import AnonymousUser, User

from distributor.domain.dispatch_actions import ROLES, Role
from distributor.domain.errors import BadInput
from distributor.domain.roles import Roles
from distributor.letters.models import Publication
from distributor.people.models import RoleGrant

NOBODY = Roles()


def roles_of(user: User | AnonymousUser) -> Roles:
    """Return what somebody may do; nothing for who is no active editor. One query, none for admins of all."""
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return NOBODY
    if user.is_superuser:
        return Roles("admin")
    grants: dict[int | None, str] = dict(RoleGrant.objects.filter(user=user).values_list("publication", "role"))
    everywhere = cast("Role | None", grants.pop(None, None))
    return Roles(everywhere, cast("dict[int, Role]", grants))


def role_named(text: str) -> Role:
    """Return the role of that name. Raises BadInput."""
    if text not in ROLES:
        raise BadInput(f"There is no role “{text}”: choose from {', '.join(ROLES)}.")
    return text


def store(user: User, role: Role | None, publication: Publication | None) -> None:
    """Store what a locked user is in a publication, or in all; None takes it. Who may, the caller has asked."""
    if publication is None:
        user.is_superuser = role == "admin"
        user.save(update_fields=["is_superuser"])
    if role is None or (role == "admin" and publication is None):
        RoleGrant.objects.filter(user=user, publication=publication).delete()
    else:
        RoleGrant.objects.update_or_create(user=user, publication=publication, defaults={"role": role})
