"""What somebody may do, in one publication and in all: the rule by which every door lets people in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from distributor.domain.dispatch_actions import ROLES, Role, permits


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of one person: `everywhere` in all publications, and more than that in some, by their numbers."""

    everywhere: Role | None = None
    by_publication: Mapping[int, Role] = field(default_factory=dict)

    def role_in(self, publication_id: int | None) -> Role | None:
        """Return what they are in a publication, None for nothing there; of no publication, what they are in all."""
        own = self.by_publication.get(publication_id) if publication_id is not None else None
        return highest([role for role in (self.everywhere, own) if role is not None])

    def permits(self, least: Role, publication_id: int | None) -> bool:
        """Whether they are at least that in a publication; of None, in all."""
        role = self.role_in(publication_id)
        return role is not None and permits(role, least)

    def permits_anywhere(self, least: Role) -> bool:
        """Whether they are at least that in some publication."""
        return any(permits(role, least) for role in (self.everywhere, *self.by_publication.values()) if role)

    def permits_in_each(self, least: Role, publication_ids: Collection[int]) -> bool:
        """Whether they are at least that in all publications, of which there are these."""
        if self.permits(least, None):
            return True
        return bool(publication_ids) and all(self.permits(least, number) for number in publication_ids)

    def publications(self, least: Role = "writer") -> frozenset[int] | None:
        """Return the publications in which they are at least that, None for all of them."""
        if self.permits(least, None):
            return None
        return frozenset(number for number, role in self.by_publication.items() if permits(role, least))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something in a publication: somebody of that name and role there, or without a name a rule of it."""

    role: Role
    name: str = ""


RULE: Final = Actor("admin")  # what was set up before, and acts by itself


def highest(roles: Collection[Role]) -> Role | None:
    """Return the role that may do most, None of none."""
    return max(roles, key=ROLES.index, default=None)
