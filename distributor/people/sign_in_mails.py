"""What editors are told by mail about how they log in: a link for a new password or address, and what was changed."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import translation
from django.utils.translation import get_language, gettext, gettext_noop

from distributor.people import editor_mails
from distributor.people.editor_mails import EditorMail
from distributor.people.models import Preferences

PASSWORD: Final = gettext_noop("The password was changed. Wherever you were logged in, that has ended.")
ADDRESS: Final = gettext_noop("The mail address was changed.")


def send_reset(user: User, link: str, *, rehearsal: bool = False) -> bool:
    """Send the link with which an editor sets a new password; return whether it is on its way."""
    with _language_of(user):
        names = {"name": user.get_username(), "site": settings.SITE_URL}
        question = gettext(
            "Somebody asked for a new password for %(name)s at %(site)s. If it was you, follow the link within an "
            "hour. It works once."
        )
        stay = gettext("If it was not you, there is nothing to do: your password stays as it is.")
        return editor_mails.send(
            EditorMail(
                email=user.email,
                name=user.get_username(),
                subject=gettext("A new password for the desk"),
                paragraphs=(question % names, stay),
                link=link,
                link_text=gettext("Set a new password"),
                rehearsal=rehearsal,
            )
        )


def send_address_link(user: User, email: str, link: str) -> bool:
    """Send the link with which an editor shows that an address is theirs; return whether it is on its way."""
    with _language_of(user):
        names = {"name": user.get_username(), "site": settings.SITE_URL}
        question = gettext(
            "%(name)s at %(site)s is to have this mail address. If that is you, follow the link within a day, and log "
            "in where you are asked to."
        )
        return editor_mails.send(
            EditorMail(
                email=email,
                name=user.get_username(),
                subject=gettext("Your mail address at the desk"),
                paragraphs=(question % names, gettext("If it is not you, there is nothing to do.")),
                link=link,
                link_text=gettext("This address is mine"),
            )
        )


def tell(user: User, event: str, *, email: str = "") -> None:
    """Tell an editor what was changed about how they log in; nobody who has no address. `event` is one of ours."""
    address = email or user.email
    if not address:
        return
    with _language_of(user):
        names = {"name": user.get_username(), "site": settings.SITE_URL}
        editor_mails.send(
            EditorMail(
                email=address,
                name=user.get_username(),
                subject=gettext("How you log in to the desk was changed"),
                paragraphs=(
                    gettext("This is about %(name)s at %(site)s.") % names,
                    gettext(event),
                    gettext("If it was not you, set a new password at once and tell an admin."),
                ),
            )
        )


def _language_of(user: User) -> AbstractContextManager[None]:
    choice = Preferences.objects.filter(user=user).values_list("language", flat=True).first()
    return translation.override(choice or get_language())
