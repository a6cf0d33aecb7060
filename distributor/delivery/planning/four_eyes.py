"""Four eyes: where a publication wants it, nobody approves what they wrote themselves."""

from __future__ import annotations

from distributor.delivery.models import Dispatch
from distributor.domain.actors import person_of
from distributor.domain.errors import NotPermitted


def check(dispatch: Dispatch, actor: str) -> None:
    """Raise NotPermitted where whoever approves a dispatch wrote it; it is approved already, in this transaction.

    Whose it is: the person who saved the version that it is approved as, or before a program's changes the last one who
    did, and who edited its variant last. `actor` is as in `delivery.actions.perform`.
    """
    if not dispatch.publication.four_eyes or dispatch.version is None:
        return  # a digest gathers letters that are out
    approver = person_of(actor)
    rule = f"{dispatch.publication.name} wants four eyes on what goes out"
    if not approver:
        raise NotPermitted(f"{rule}, and nobody knows who you are: approve it on the desk.")
    versions = dispatch.version.letter.versions.filter(number__lte=dispatch.version.number).exclude(actor="")
    version = versions.order_by("-number").only("number", "actor").first()
    if version is not None and person_of(version.actor) == approver:
        raise NotPermitted(f"{rule}: you wrote version {version.number}, so somebody else has to approve it.")
    override = dispatch.overrides.order_by("-number").first()
    if override is not None and person_of(override.actor) == approver:
        raise NotPermitted(f"{rule}: you edited this variant, so somebody else has to approve it.")
