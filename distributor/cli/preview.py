"""`distributor preview`: each channel's variant as it would go out, with every warning. Needs no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.inspect import read
from distributor.domain import media_names
from distributor.domain.errors import BadInput
from distributor.domain.letters import Draft, LetterView, PublicationView
from distributor.domain.planning import LINK

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from distributor.delivery.variants.previews import Preview

SHOWN_LINES = 40  # of a mail's text, on a terminal
LONGEST_DATA = 100


@click.command()
@click.argument("source")
@click.option(
    "--channel", "channels", multiple=True, metavar="C", help="Only this channel; can be given several times."
)
@output.publication_option
@output.json_option
def preview(source: str, channels: tuple[str, ...], publication_slug: str, as_json: bool) -> None:
    """Show the variants of SOURCE as they would go out, with their length, limit and every warning.

    With --publication they are made with that publication's own settings, templates and accounts, else with the common
    ones.
    """
    from distributor.channels import registry

    for name in channels:
        registry.get(name)
    drafts = read(source)
    failures = []
    for draft in drafts:
        letter, previews = _previews(draft, channels, publication_slug)
        if as_json:
            output.write_json(
                {"title": letter.title, "previews": [_json(letter, channel_preview) for channel_preview in previews]}
            )
        else:
            _show(letter, previews, output.console())
        failures += [
            channel_preview
            for channel_preview in previews
            if channel_preview.variant is None and channel_preview.channel in registry.names()
        ]
    if failures:
        raise BadInput(
            " ".join(
                dict.fromkeys(concern.message for channel_preview in failures for concern in channel_preview.concerns)
            )
        )


def _previews(draft: Draft, channels: Sequence[str], slug: str) -> tuple[LetterView, tuple[Preview, ...]]:
    from distributor.channels import registry
    from distributor.delivery.variants.previews import previews

    if not slug:
        names = channels or draft.share_bar or registry.names()
        letter = view(draft, _sample_publication(draft), with_link=LINK in (draft.share_bar or names))
        return letter, previews(letter, names)
    from distributor.cli.backing_services import database

    with database():
        from django.conf import settings

        from distributor.delivery.variants.concerns import with_accounts
        from distributor.delivery.variants.previews import options_for
        from distributor.letters.actions import publication
        from distributor.letters.stored_templates import template_set

        brand = publication(slug)
        names = channels or draft.share_bar or brand.share_bar or registry.names()
        letter = view(draft, brand.view(site_url=settings.SITE_URL), with_link=LINK in (draft.share_bar or names))
        options = {name: options_for(template_set(brand), brand.channel_options, name) for name in names}
        results = previews(letter, names, options=options)
        return letter, tuple(with_accounts(channel_preview, brand) for channel_preview in results)


def _sample_publication(draft: Draft) -> PublicationView:
    """Return a publication to preview with where none is named."""
    from config import environment

    return PublicationView(
        slug="preview",
        name="Your publication",
        site_url=f"{environment.site_url()}/preview",
        sender_name="Your publication",
        sender_email="letters@example.com",
        language=draft.language or "en",
        postal_address="Your postal address",
    )


def view(draft: Draft, publication: PublicationView, *, with_link: bool) -> LetterView:
    """Return a draft as rendering takes it, as if it were stored for this publication."""
    return LetterView(
        publication=publication,
        slug="preview",
        title=draft.title,
        body_html=media_names.with_addresses(draft.body_html, publication.site_url),
        body_text=draft.body_text,
        url=f"{publication.site_url}/letters/preview/" if with_link else draft.canonical_url,
        series=draft.series,
        editor_note=draft.editor_note,
        authors=draft.authors,
        section=draft.section,
        language=draft.language or publication.language,
        published_at=draft.published_at,
        canonical_url=draft.canonical_url,
        image_url=media_names.address(draft.image_url, publication.site_url),
        image_alt=draft.image_alt,
        share_bar=draft.share_bar,
        summary=draft.summary,
        social=draft.social,
    )


def _json(letter: LetterView, channel_preview: Preview) -> dict[str, Any]:
    from distributor.delivery.variants.previews import mail_json

    mail = mail_json(channel_preview, letter.publication)
    return channel_preview.to_json() if mail is None else {**channel_preview.to_json(), "mail": mail}


def _show(letter: LetterView, previews: Sequence[Preview], console: Console) -> None:
    from rich.text import Text

    console.print(Text(letter.title, style="bold"))
    for channel_preview in previews:
        show_panel(letter, channel_preview, console)


def show_panel(letter: LetterView, channel_preview: Preview, console: Console) -> None:
    """Print one channel's variant of a letter, with what an editor should know of it."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    from distributor.delivery.variants.previews import mail_json

    body: list[RenderableType] = []
    facts = ""
    if channel_preview.variant is not None:
        mail = mail_json(channel_preview, letter.publication)
        if mail is not None:
            facts = f"{max(1, round(mail['bytes'] / 1000))} kB"
            lines = str(mail["text"]).strip().splitlines()
            remainder = f"\n… {len(lines) - SHOWN_LINES} more lines" if len(lines) > SHOWN_LINES else ""
            body += [
                Text(f"Subject: {mail['subject']}", style="bold"),
                Text("\n".join(lines[:SHOWN_LINES]) + remainder),
            ]
        else:
            limit = f" of {channel_preview.variant.limit:,}" if channel_preview.variant.limit is not None else ""
            facts = f"{channel_preview.variant.length:,}{limit}" if channel_preview.variant.parts else ""
            body += [Text(part) for part in _separate(channel_preview.variant.parts)]
        if channel_preview.variant.link:
            body.append(Text(f"Link: {channel_preview.variant.link}", style="dim"))
        if mail is None:
            shown_texts = (*channel_preview.variant.parts, channel_preview.variant.link)
            body += [
                Text(line, style="dim")
                for line in _data(channel_preview.variant.payload.to_json(), shown_texts=shown_texts)
            ]
    body += [
        Text(f"{_SIGNS[concern.level]} {concern.message}", style=_COLOURS[concern.level])
        for concern in channel_preview.concerns
    ]
    heading = Text.assemble((channel_preview.label, "bold"), f"  {facts}" if facts else "")
    console.print(
        Panel(Group(*body), title=heading, title_align="left", border_style="red" if channel_preview.refused else "dim")
    )


_SIGNS = {"note": "·", "warning": "!", "refuse": "✗"}
_COLOURS = {"note": "dim", "warning": "yellow", "refuse": "red"}


def _separate(parts: Sequence[str]) -> list[str]:
    return [part if number == 0 else f"―\n{part}" for number, part in enumerate(parts)]


def _data(data: Any, *, shown_texts: Sequence[str], name: str = "") -> list[str]:
    """Return what else goes out, one text a line; what is shown already (`shown_texts`) is left out."""
    if isinstance(data, Mapping):
        return [line for key, value in data.items() for line in _data(value, shown_texts=shown_texts, name=key)]
    if isinstance(data, list) and not all(isinstance(value, str) for value in data):
        return [line for value in data for line in _data(value, shown_texts=shown_texts, name=name)]
    text = ", ".join(data) if isinstance(data, list) else data
    if not isinstance(text, str) or not text or text in shown_texts:
        return []
    return [f"{name}: {text if len(text) <= LONGEST_DATA else text[:LONGEST_DATA] + '…'}"]


COMMANDS = {"preview": preview}
