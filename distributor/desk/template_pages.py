"""What the pages of templates show: which there are, which letter they are tried with, and what they make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from distributor.channels import registry
from distributor.delivery.variants import sample_letters, template_previews
from distributor.desk import presentation
from distributor.domain.errors import TemplateError
from distributor.domain.letters import LetterView
from distributor.letters import stored_templates
from distributor.letters.models import Letter, Publication, TemplateVersion
from distributor.letters.pages import page_url
from distributor.rendering.context import letter_context
from distributor.rendering.digest import digest_context
from distributor.rendering.environment import stored_name
from distributor.rendering.letter import mail_context
from distributor.rendering.template_files import TemplateFile, template_files
from distributor.rendering.template_sets import TemplateSet

LETTERS_OFFERED: Final = 20
_VALUE: Final = 60  # characters of a name's value that are shown
LABELS: Final[dict[str, str | Promise]] = {
    "email/letter.html": gettext_lazy("A letter, as HTML"),
    "email/letter.txt": gettext_lazy("A letter, as text"),
    "email/subject.txt": gettext_lazy("A letter’s subject"),
    "email/digest.html": gettext_lazy("A digest, as HTML"),
    "email/digest.txt": gettext_lazy("A digest, as text"),
    "email/digest_subject.txt": gettext_lazy("A digest’s subject"),
    "email/base.html": gettext_lazy("Masthead, foot and style of every mail"),
    "email/foot.txt": gettext_lazy("Foot of every mail’s text"),
}


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One template as the list shows it; `version` is its latest state, None where it was never stored."""

    file: TemplateFile
    label: str
    kind: str
    path: str
    version: TemplateVersion | None


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """Why a template can't be used. `line` counts from 1 in the template itself, 0 where it is elsewhere."""

    message: str
    line: int = 0
    source_line: str = ""


def label(name: str) -> str:
    """Return what people call a template."""
    channel = template_previews.channel_of(name)
    if name in LABELS:
        return str(LABELS[name])
    return registry.label(channel) if name.startswith("social/") and channel else name


def groups(publication: Publication) -> list[tuple[str, list[TemplateRow]]]:
    """Return all templates of a publication: those of mails, then those of posts in the order of the share bar."""
    versions = stored_templates.latest_by_name(publication)
    rows = []
    for file in template_files(stored_templates.template_set(publication)):
        kind, path = file.name.split("/", 1)
        rows.append(TemplateRow(file, label(file.name), kind, path, versions.get(file.name)))
    places = {
        name: number for number, name in enumerate([*LABELS, *(f"social/{name}.txt" for name in registry.names())])
    }
    rows.sort(key=lambda row: places.get(row.file.name, len(places)))
    return [
        (gettext("Mails"), [row for row in rows if row.kind == "email"]),
        (gettext("Posts"), [row for row in rows if row.kind == "social"]),
    ]


def letters_of(publication: Publication) -> Sequence[tuple[int, str]]:
    """Return the latest letters that a template can be tried with: ids and titles."""
    rows = Letter.objects.filter(publication=publication).order_by("-pk").values_list("pk", "title")
    return list(rows[:LETTERS_OFFERED])


def letter_for(publication: Publication, letter_id: str) -> LetterView:
    """Return the letter of that id, else the latest, else a made-up one."""
    rows = Letter.objects.filter(publication=publication).select_related("publication", "series").order_by("-pk")
    is_id = letter_id.isascii() and letter_id.isdecimal() and len(letter_id) < 19
    letter = (rows.filter(pk=int(letter_id)).first() if is_id else None) or (rows.first() if not is_id else None)
    if letter is None:
        return sample_letters.full_letter(publication.view(site_url=settings.SITE_URL))
    return letter.view(site_url=settings.SITE_URL, url=page_url(letter))


def card(name: str, letter: LetterView, publication: Publication, templates: TemplateSet) -> presentation.Card:
    """Return what a template makes of a letter, as the desk shows variants. Raises TemplateError."""
    [use, *_] = template_previews.uses_of(name)
    return presentation.card_of(
        template_previews.preview(name, letter, publication, templates, use=use), letter.publication
    )


def fault(error: Exception, publication: Publication, name: str, source: str) -> TemplateFault:
    """Return why a template can't be used, with the line of its source where it is in this one."""
    if not isinstance(error, TemplateError):
        return TemplateFault(str(error))
    own = error.template == stored_name(publication.slug, name)
    lines = source.split("\n")
    if not own or not 0 < error.line <= len(lines):
        return TemplateFault(str(error))
    return TemplateFault(f"{error.problem}.", error.line, lines[error.line - 1].strip()[:200])


def names(name: str, letter: LetterView) -> list[tuple[str, str]]:
    """Return the names that a template can write, with what they say of this letter."""
    if name.startswith("email/digest"):
        digest = template_previews.digest_of([letter], letter.publication)
        pairs = [*_texts(digest_context(digest)), ("items", ""), ("items[0].letter.title", letter.title)]
    elif name.startswith("email/"):
        pairs = [*_texts(mail_context(replace(letter, share_links=()))), *_of_letter(letter), *_of_recipient()]
    else:
        pairs = [*_texts(letter_context(letter)), *_of_letter(letter), ("keep_the_rest", "")]
    return [(key, text if len(text) <= _VALUE else f"{text[:_VALUE]}…") for key, text in pairs]


def _texts(context: dict[str, object]) -> list[tuple[str, str]]:
    return [(name, " ".join(value.split())) for name, value in context.items() if isinstance(value, str)]


def _of_letter(letter: LetterView) -> list[tuple[str, str]]:
    fields = ("title", "editor_note", "section", "summary", "image_alt")
    publication = [("publication.name", letter.publication.name), ("publication.site_url", letter.publication.site_url)]
    return [*((f"letter.{field}", str(getattr(letter, field))) for field in fields), *publication]


def _of_recipient() -> list[tuple[str, str]]:
    recipient = template_previews.SAMPLE_RECIPIENT
    return [("recipient.name", recipient.name), ("recipient.email", recipient.email), ("recipient.unsubscribe_url", "")]
