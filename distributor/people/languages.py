"""In which language an editor has the desk: their own choice, before that their browser's."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

from distributor.domain.errors import BadInput
from distributor.people.models import Preferences


def language_of(request: HttpRequest, user: User | AnonymousUser) -> str:
    """Return the language (a code of `LANGUAGES`) in which a request is answered."""
    if user.is_authenticated:
        choice = Preferences.objects.filter(user=user).values_list("language", flat=True).first()
        if choice in dict(settings.LANGUAGES):
            return str(choice)
    return get_language_from_request(request)


def language_of_editor(user: User, *, otherwise: str) -> str:
    """Return the language in which an editor is written to: their own choice, else another one that the desk has."""
    choice = Preferences.objects.filter(user=user).values_list("language", flat=True).first()
    language = choice or otherwise.partition("-")[0]
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def choose(user: User, language: str) -> None:
    """Keep an editor's choice of a language. Raises BadInput for one that the desk is not in."""
    if language not in dict(settings.LANGUAGES):
        names = " or ".join(name for _, name in settings.LANGUAGES)
        raise BadInput(f"The desk is not in that language: choose {names}.")
    Preferences.objects.update_or_create(user=user, defaults={"language": language})
