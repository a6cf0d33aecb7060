"""Storing a publication's templates: each is tried before it is stored, so that a slip is told of while it is written.

What still can't be made of some later letter pauses that letter with the reason (docs/decisions/stored-templates.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings

from distributor.channels import registry
from distributor.delivery.accounts import accounts
from distributor.delivery.variants import sample_letters, template_previews
from distributor.delivery.variants.template_previews import Use
from distributor.domain.errors import BadInput, TemplateError
from distributor.domain.letters import LetterView
from distributor.letters import stored_templates
from distributor.letters.models import Letter, Publication, TemplateVersion
from distributor.letters.pages import page_url
from distributor.rendering.environment import stored_name
from distributor.rendering.template_files import template_file
from distributor.rendering.template_sets import TemplateSet

LONGEST: Final = 200_000  # characters; ours have up to 10,000
_BARE: Final = "with a letter that has nothing but a title and a text, "


def save(
    publication: Publication, name: str, source: str, *, base: int | None = None, actor: str, origin: str
) -> TemplateVersion | None:
    """Store a template; None where it says just that already. `base`, `actor`, `origin`: `stored_templates.record`.

    Raises TemplateError where it can't be used, with its line; BadInput for a name that there is not, a text that is
    too long, and what the channel would refuse to send; TemplateConflict where somebody else was first.
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    check(publication, name, text)
    return stored_templates.record(publication, name, text, base=base, actor=actor, origin=origin)


def reset(
    publication: Publication, name: str, *, base: int | None = None, actor: str, origin: str
) -> TemplateVersion | None:
    """Go back to the template that comes with Distributor, or to the folder's; None where that holds already.

    Raises BadInput for a name that there is not or that only the publication has, and TemplateConflict as `save`.
    """
    file = template_file(stored_templates.template_set(publication), name)
    if file is None or file.below is None:
        raise BadInput(f"There is no template “{name[:80]}” to go back to.")
    return stored_templates.record(publication, name, None, base=base, actor=actor, origin=origin)


def restore(
    publication: Publication, name: str, number: int, *, base: int | None = None, actor: str, origin: str
) -> TemplateVersion | None:
    """Let a template say again what it said in one of its versions. Raises what `save` does."""
    version = publication.template_versions.filter(name=name, number=number).first()
    if version is None:
        raise BadInput(f"This template has no version {number}.")
    if version.source is None:
        return reset(publication, name, base=base, actor=actor, origin=origin)
    return save(publication, name, version.source, base=base, actor=actor, origin=origin)


def check(publication: Publication, name: str, source: str) -> None:
    """Try a template with the publication's latest letter, one that has everything, and one that has next to nothing.

    What was wrong without it, elsewhere, doesn't stand in its way. Raises TemplateError and BadInput as `save`.
    """
    current = stored_templates.template_set(publication)
    if template_file(current, name) is None:
        raise BadInput(f"There is no template “{name[:80]}”: the list names them.")
    if len(source) > LONGEST:
        raise BadInput(f"It is too long: {LONGEST:,} characters at most.")
    if "\0" in source:
        raise BadInput("Write it without control characters.")
    candidate = current.with_source(name, source)
    for use in template_previews.uses_of(name):
        for letter in _letters(publication):
            _try(publication, name, letter, use, current=current, candidate=candidate)


def _letters(publication: Publication) -> Iterator[LetterView]:
    view = publication.view(site_url=settings.SITE_URL)
    latest = Letter.objects.filter(publication=publication).select_related("publication", "series").last()
    if latest is not None:
        yield latest.view(site_url=settings.SITE_URL, url=page_url(latest))
    yield sample_letters.full_letter(view)
    yield sample_letters.bare_letter(view)


def _try(
    publication: Publication, name: str, letter: LetterView, use: Use, *, current: TemplateSet, candidate: TemplateSet
) -> None:
    refusals = _refusals(publication, name, letter, use, candidate)
    own_name = stored_name(publication.slug, name)
    if not refusals:
        return
    error = refusals[0]
    # Else another template may be the broken one, and this the way to mend them one after the other.
    if isinstance(error, TemplateError) and error.template == own_name:
        raise _with_letter(error, letter)
    before = {str(refusal) for refusal in _refusals(publication, name, letter, use, current)}
    news = [refusal for refusal in refusals if str(refusal) not in before]
    if news:
        raise _with_letter(news[0], letter)


def _refusals(
    publication: Publication, name: str, letter: LetterView, use: Use, templates: TemplateSet
) -> list[TemplateError | BadInput]:
    try:
        variant = template_previews.variant(name, letter, publication, templates, use=use)
    except TemplateError as error:
        return [error]
    channel = registry.get(template_previews.channel_of(name) or accounts.MAIL)
    return [BadInput(concern.message) for concern in channel.check(variant) if concern.level == "refuse"]


def _with_letter(error: TemplateError | BadInput, letter: LetterView) -> TemplateError | BadInput:
    """Return the error with what is special about the letter that it happens with."""
    if isinstance(error, TemplateError) and letter.slug == "bare":
        return TemplateError(error.template, error.line, f"{_BARE}{error.problem}")
    return error
