"""What a transactional mail says: a template with its values, as HTML and text, and as the mail channel takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from markupsafe import escape

from distributor.channels.mail.envelope import TRANSACTIONAL, Envelope
from distributor.channels.mail.payload import MailPayload
from distributor.domain.errors import BadInput
from distributor.domain.variants import Variant
from distributor.lazy_modules import LazyModule
from distributor.letters.models import Publication
from distributor.rendering.bodies import safe_html
from distributor.rendering.plain_text import plain_text
from distributor.rendering.transactional import TemplateSources, render_template, stored_sources

if TYPE_CHECKING:
    from distributor.letters.intake import excess, markdown_html, parser_processes
else:  # they load what reads letters
    excess = LazyModule("distributor.letters.intake.excess")
    markdown_html = LazyModule("distributor.letters.intake.markdown_html")
    parser_processes = LazyModule("distributor.letters.intake.parser_processes")

LONGEST: Final = 500_000  # characters of a mail's HTML
LONGEST_MARKDOWN: Final = 100_000  # characters
SHORT_MARKDOWN: Final = 2_000  # characters, which cost a quarter of a second whatever they say
_PAGE: Final = """\
<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
<title>{title}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 sans-serif"><div style="max-width:600px;margin:0 auto">
{body}
</div></body></html>
"""


@dataclass(frozen=True, slots=True)
class MailContent:
    """A mail as it goes out: a line, HTML and text."""

    subject: str
    html: str
    text: str


def content_of(
    publication: Publication, *, template: str, sources: TemplateSources | None, values: Mapping[str, Any]
) -> MailContent:
    """Return what a mail says. Its template sees `values`, and `publication` with `name` and `url`.

    Raises BadInput for no template or two, and for one that says nothing; TemplateError for a broken one.
    """
    if (sources is None) == (not template):
        raise BadInput("A mail needs either the name of a template, or a subject with markdown or html.")
    site = settings.SITE_URL
    source = sources or stored_sources(template, slug=publication.slug)
    if bool(source.html) == bool(source.markdown):
        raise BadInput("A mail needs either markdown or html, and not both.")
    context = {"values": dict(values), "publication": {"name": publication.name, "url": site}}
    result = render_template(source, context)
    excess.check_markup(result.html, name="The mail")
    body = result.html or safe_html(_html_of(result.markdown), base=site)
    if not result.subject or not body.strip():
        raise BadInput("The mail has no subject, or says nothing: correct its template.")
    if len(body) > LONGEST:
        raise BadInput(f"The mail has more than {LONGEST:,} characters: say less.")
    is_whole = "<html" in body[:2_000].lower()
    page = _PAGE.format(language=escape(publication.language), title=escape(result.subject), body=body)
    return MailContent(result.subject, body if is_whole else page, result.text or f"{plain_text(body)}\n")


def _html_of(markdown: str) -> str:
    """Return Markdown as HTML: of more than a few lines, which may cost far more than their length, within limits."""
    if len(markdown) > LONGEST_MARKDOWN:
        raise BadInput(f"The mail’s Markdown has more than {LONGEST_MARKDOWN:,} characters: say less.")
    if len(markdown) <= SHORT_MARKDOWN:
        return markdown_html.render(markdown)
    return parser_processes.markdown_apart(markdown, name="The mail")


def variant_of(publication: Publication, content: MailContent) -> Variant:
    """Return a mail for the mail channel."""
    envelope = Envelope.of(publication.view(site_url=settings.SITE_URL), kind=TRANSACTIONAL)
    subject, html, text = (_literal(part) for part in (content.subject, content.html, content.text))
    return Variant("mail", subject=subject, html=html, text=text, payload=MailPayload(envelope=envelope))


def _literal(text: str) -> str:
    """Return a text as a source of the recipient pass that says just that."""
    return text.replace("{", "{{ '{' }}")
