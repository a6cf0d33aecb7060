"""The variant that a dispatch sends: what was approved. What is not approved yet is made of the letter as it is.

Why, and what a later change of the letter, a template or a setting does: docs/decisions/approval.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from distributor.channels import registry, stored_variants
from distributor.channels.base import Options
from distributor.delivery.models import Dispatch, Override
from distributor.delivery.variants import digest_variant, letter_links, source_changes
from distributor.delivery.variants.previews import options_for, variant_of, with_content
from distributor.domain.errors import DistributorError, TemplateError, UnknownChannel
from distributor.domain.outcomes import Remedy
from distributor.domain.overrides import NO_OVERRIDE
from distributor.domain.planning import LINK
from distributor.domain.states import VACANT
from distributor.domain.variants import Variant
from distributor.letters import short_links, versions
from distributor.letters.models import Letter, Page, Version
from distributor.letters.pages import page_url
from distributor.letters.stored_templates import template_set
from distributor.rendering.placeholders import as_source

UNMADE = "Its variant could not be made when it was approved, and can be now: look at it, and approve it again."
PAGE_GONE = (
    "What was approved leads to the letter’s page, which is not live: publish the page, or approve it again with the "
    "link that it has without one."
)


class CantGoOut(DistributorError):
    """The variant has a concern that forbids sending it; the sentence is the concern's."""

    remedy: Remedy = ""


class SourceChanged(CantGoOut):
    """The letter has changed since it was approved, and its publication stops it then."""

    remedy: Remedy = "approve"


NO_APPROVAL: Mapping[str, object] = {
    "version": None,
    "approved_override": None,
    "approved_variant": None,
    "approved_with_page": False,
    "ignored_version": 0,
}


@dataclass(frozen=True, slots=True)
class Composition:
    """A variant with what it was made of: the letter's version, the editor's override (None where there is none), and
    whether it leads to the letter's page.
    """

    variant: Variant
    version: Version
    override: Override | None
    with_page: bool


def compose(dispatch: Dispatch) -> Variant:
    """Return the variant to send: the one that already went out in part, else the approved one.

    A digest, and what was approved before letters had versions, is made afresh. A short link in it leads to the
    letter's page from now on. Raises TemplateError, and CantGoOut when the channel refuses the variant, when the page
    that it leads to is not live, when nothing is left to send, or (SourceChanged) when its publication stops what
    changed.
    """
    if dispatch.variant is not None:
        return stored_variants.read(dispatch.variant)
    if dispatch.digest and not digest_variant.leave_out_taken_down(dispatch.digest):
        raise CantGoOut("Its letters were taken down: cancel it.")
    variant = draft(dispatch)
    if dispatch.version_id is not None and dispatch.approved_variant is None:
        raise CantGoOut(UNMADE)
    if refusal := refusal_of(dispatch, variant):
        raise CantGoOut(refusal)
    newer_version = source_changes.newer_version(dispatch) if dispatch.publication.stops_on_change else None
    if newer_version is not None:
        raise SourceChanged(source_changes.stop_sentence(dispatch, newer_version))
    _keep_short_link(dispatch, variant)
    return variant


def draft(dispatch: Dispatch) -> Variant:
    """Return the variant as it is or would be, whether or not the channel refuses it. Raises TemplateError."""
    if dispatch.variant is not None:
        return stored_variants.read(dispatch.variant)
    if dispatch.digest:
        return digest_variant.compose(dispatch.digest)
    if dispatch.approved_variant is not None:
        return stored_variants.read(dispatch.approved_variant)
    return afresh(dispatch).variant


def afresh(dispatch: Dispatch) -> Composition:
    """Compose a letter's dispatch of the letter as it is, with the editor's override. Raises TemplateError."""
    assert dispatch.letter is not None
    channel = registry.get(dispatch.channel)
    override = dispatch.overrides.order_by("number").last()
    content = override.content if override is not None else NO_OVERRIDE
    version = versions.latest(dispatch.letter)
    with_page = _leads_to_page(dispatch, dispatch.letter)
    url = page_url(dispatch.letter) if with_page or dispatch.channel == LINK else dispatch.letter.canonical_url
    options = _options(dispatch)
    code = short_links.code_of(dispatch.letter, dispatch.channel) if options.short else ""
    letter = versions.view(version, site_url=settings.SITE_URL, url=url)
    letter = letter_links.with_links(letter, dispatch.channel, options, code=code)
    variant = variant_of(channel, *with_content(letter, options, content))
    if dispatch.subject:
        variant = replace(variant, subject=as_source(dispatch.subject))
    return Composition(variant, version, override, with_page and content.link is None)


def refusal_of(dispatch: Dispatch, variant: Variant) -> str:
    """Return why a variant can't go out as it is, "" where nothing forbids it."""
    concerns = registry.get(dispatch.channel).check(variant)
    refusals = [concern.message for concern in concerns if concern.level == "refuse"]
    if dispatch.approved_with_page and dispatch.letter and not _leads_to_page(dispatch, dispatch.letter):
        refusals.append(PAGE_GONE)
    return " ".join(refusals)


def is_stuck(dispatch: Dispatch) -> bool:
    """Whether what was approved of a letter could not go out, whatever is waited for."""
    if dispatch.version_id is None or dispatch.approved_variant is None:
        return dispatch.letter_id is not None
    try:
        return bool(refusal_of(dispatch, stored_variants.read(dispatch.approved_variant)))
    except UnknownChannel:
        return True


def approval_columns(dispatch: Dispatch) -> dict[str, object]:
    """Return the columns that say what is approved of a locked dispatch: the letter as it is, and its variant now.

    Nothing for a digest, which gathers its letters when it goes out. Where the variant can't be made it is approved
    without one: it pauses with the reason when it is to go out.
    """
    if dispatch.letter_id is None:
        return {}
    # As they are stored: what a caller holds may be older, and approval is of what is there now.
    row = Dispatch.objects.select_related("publication", "letter__publication", "waits_for").get(pk=dispatch.pk)
    assert row.letter is not None
    columns = {
        **NO_APPROVAL,
        "version": versions.latest(row.letter),
        "approved_override": row.overrides.order_by("number").last(),
    }
    try:
        composition = afresh(row)
    except (TemplateError, UnknownChannel):
        return columns
    return columns | {
        "approved_variant": composition.variant.to_json(),
        "approved_with_page": composition.with_page,
    }


def _leads_to_page(dispatch: Dispatch, letter: Letter) -> bool:
    """Whether this variant sends people to our page: it is live, or it goes out first."""
    if dispatch.channel == LINK:
        return False
    link = dispatch.waits_for
    to_come = link is not None and link.state not in VACANT
    return to_come or Page.objects.filter(letter=letter).exists()


def _keep_short_link(dispatch: Dispatch, variant: Variant) -> None:
    """Let the short link that a variant carries lead to the letter's page."""
    if dispatch.letter is None or not letter_links.takes_short(dispatch.channel):
        return
    code = short_links.code_of(dispatch.letter, dispatch.channel)
    if variant.link.endswith(f"{letter_links.SHORT_PATH}{code}"):
        short_links.keep(dispatch.letter, dispatch.channel)


def _options(dispatch: Dispatch) -> Options:
    return options_for(template_set(dispatch.publication), dispatch.publication.channel_options, dispatch.channel)
