"""Notices become mails: those of one kind and publication together, once, by the engine of transactional mail.

The notices are marked and the mails' rows written in one transaction, so that whatever dies, each is told once: before
it nothing has happened, after it the mails are the engine's, which sends what waits (`delivery.mail.transactional`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Max, Min

from distributor.delivery.accounts import accounts
from distributor.delivery.mail import transactional
from distributor.delivery.mail.transactional import MailOrder
from distributor.domain.mail_addresses import normal_address
from distributor.letters.models import Publication
from distributor.notices import account_notices, choices, dispatch_notices, figures, mails
from distributor.notices.kinds import ACCOUNT, APPROVAL, KINDS, STOP
from distributor.notices.models import Notice
from distributor.people.concerns import colleagues
from distributor.people.languages import language_of_editor

logger = logging.getLogger(__name__)

LOCK: Final = 0x6E6F_7469  # any number that only we use: one process at a time looks and tells
MOST: Final = 20_000  # notices in one mail
ACTOR: Final = "notices"
_CURRENT: Final[Mapping[str, Callable[[Sequence[Notice]], list[Notice]]]] = {
    APPROVAL: dispatch_notices.current_drafts,
    STOP: dispatch_notices.current_stops,
    ACCOUNT: account_notices.current,
}


def tick(now: datetime) -> None:
    """Look for what people are to be told, and tell what is due at `now` (aware). Any number may run at once."""
    for look in (dispatch_notices.look, account_notices.look, figures.look):
        with transaction.atomic():
            if not _lock():
                return
            look(now)
    for publication_id, kind in _due(now):
        try:
            with transaction.atomic():
                if not _lock():
                    return
                _tell(publication_id, kind, now)
        except Exception:
            logger.exception("Notices of “%s” could not be told: they are tried again", kind)


def _lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _due(now: datetime) -> list[tuple[int, str]]:
    """Return the publications (their numbers) and kinds whose notices have waited long enough."""
    groups = Notice.objects.filter(told_at=None).order_by().values_list("publication", "kind").annotate(Min("at"))
    return [
        (publication_id, kind)
        for publication_id, kind, first in groups
        if kind in KINDS and _is_due(publication_id, kind, first, now)
    ]


def _is_due(publication_id: int, kind: str, first: datetime, now: datetime) -> bool:
    # What nobody has approved has waited for as long before it was a notice.
    wait = timedelta() if kind == APPROVAL else KINDS[kind].wait
    latest = Notice.objects.filter(publication=publication_id, kind=kind, mails__gt=0).aggregate(at=Max("told_at"))[
        "at"
    ]
    return now - first >= wait and (latest is None or now - latest >= KINDS[kind].quiet)


def _tell(publication_id: int, kind: str, now: datetime) -> None:
    """Make the mails of all notices of a kind that wait, one for each whom they concern."""
    rows = Notice.objects.select_for_update().filter(publication=publication_id, kind=kind, told_at=None)
    notices = list(rows.order_by("pk")[:MOST])
    if not notices:
        return
    publication = Publication.objects.get(pk=publication_id)
    current = _CURRENT.get(kind, list)(notices)
    users = _recipients(publication, kind) if current else []
    carrier = _carrier(publication) if users else None
    remark = _remark(current, users, carrier)
    if carrier is not None and not remark:
        for user in users:
            _write_mail(carrier, publication, kind, current, user)
    elif remark and current:
        logger.warning("Notices of “%s” are mailed to nobody: %s", kind, remark)
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(
        told_at=now, mails=0 if remark else len(users), remark=remark
    )


def _remark(current: Sequence[Notice], users: Sequence[User], carrier: Publication | None) -> str:
    """Say why there is no mail, "" where there is."""
    if not current:
        return "It was dealt with before anybody was told."
    if not users:
        return "Nobody whom it concerns wants it and has a mail address."
    return "" if carrier else "No publication has a mail account and a sender address."


def _recipients(publication: Publication, kind: str) -> list[User]:
    """Return whom a kind concerns in a publication, who wants it, and can be written to."""
    users = colleagues(publication, least=KINDS[kind].role)
    refusers = choices.refusers(users, kind)
    return [user for user in users if user.pk not in refusers and normal_address(user.email)]


def _carrier(publication: Publication) -> Publication | None:
    """Return the publication through whose mail account the notices go: its own, else any that can send."""
    further = Publication.objects.exclude(pk=publication.pk).order_by("pk")
    candidates = (candidate for candidate in (publication, *further) if candidate.sender_email)
    return next((carrier for carrier in candidates if accounts.for_channel(carrier, accounts.MAIL)), None)


def _write_mail(
    carrier: Publication, publication: Publication, kind: str, notices: Sequence[Notice], user: User
) -> None:
    language = language_of_editor(user, otherwise=publication.language)
    content = mails.content_of(kind, publication, notices, language=language)
    order = MailOrder(
        email=user.email,
        name=user.get_full_name() or user.get_username(),
        content=content,
        own_id=f"notice {notices[0].pk} to {user.pk}",
    )
    transactional.send_mail_to(carrier, order, actor=ACTOR)
