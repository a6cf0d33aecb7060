"""What the desk's pages show, put together from reports and previews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from distributor.audience.models import Subscription
from distributor.channels import registry, stored_variants
from distributor.delivery.actions import Offer, offers
from distributor.delivery.models import Account, Dispatch
from distributor.delivery.reports.dispatches import DispatchReport, report
from distributor.delivery.variants import concerns, letter_previews
from distributor.delivery.variants.letter_previews import LetterPreview
from distributor.delivery.variants.previews import Preview, sample_mail
from distributor.domain.dispatch_actions import Role
from distributor.domain.errors import TemplateError
from distributor.domain.letters import PublicationView
from distributor.domain.states import State
from distributor.domain.text_length import measure
from distributor.domain.variants import Concern, Variant
from distributor.insights import actions as insights
from distributor.letters.models import Letter, Publication
from distributor.rendering.mail import RenderedMail


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """One post of a variant and its length as the network counts it."""

    text: str
    length: int


@dataclass(frozen=True, slots=True)
class Card:
    """One channel's variant as the desk shows it.

    `mail` is what a made-up subscriber would get, `about_account` those of the `concerns` that are about the account.
    `sender` is as whom it goes out: the account's name, else the publication's.
    """

    channel: str
    label: str
    variant: Variant | None
    concerns: tuple[Concern, ...]
    parts: tuple[PreviewPart, ...] = ()
    mail: RenderedMail | None = None
    about_account: tuple[Concern, ...] = ()
    sender: str = ""


def pictures(cards: Iterable[Card]) -> list[str]:
    """Return the addresses of the pictures that variants show."""
    variants = [card.variant for card in cards if card.variant is not None]
    own = [variant.picture.url for variant in variants if variant.picture is not None]
    return [*own, *(variant.image_url for variant in variants)]


@dataclass(frozen=True, slots=True)
class DispatchRow:
    """One dispatch as the desk's table shows it: the report, a sentence on what to do, and its buttons.

    `unit` is what it makes at its network, a post or a page.
    """

    report: DispatchReport
    label: str
    addressed: bool
    unit: str
    help: str
    offers: Sequence[Offer]

    @property
    def version(self) -> str:
        """What changes when the actions do. A flag that means nothing any more does no harm, and a new row costs what
        an editor is typing into it.
        """
        return " ".join(offer.action.name for offer in self.offers)


def dispatches(letter: Letter) -> QuerySet[Dispatch]:
    """Return the letter's dispatches in the order of the share bar, with all that a report reads."""
    return letter.dispatches.select_related("account", "publication", "letter__page", "waits_for").order_by(
        "position", "pk"
    )


def rows(dispatches: Iterable[Dispatch], *, role: Role = "editor") -> list[DispatchRow]:
    """Return the rows of the table of dispatches, with what somebody of a role can do with each."""
    dispatch_list = list(dispatches)
    return [
        _row(dispatch_report, dispatch, role)
        for dispatch_report, dispatch in zip(report(dispatch_list), dispatch_list, strict=True)
    ]


def _row(dispatch_report: DispatchReport, dispatch: Dispatch, role: Role) -> DispatchRow:
    state = State(dispatch_report.state)
    channel = registry.CHANNELS.get(dispatch_report.channel)
    return DispatchRow(
        report=dispatch_report,
        label=registry.label(dispatch_report.channel),
        addressed=channel is not None and channel.capabilities.addressed,
        unit=channel.capabilities.unit if channel else "post",
        help=_help(dispatch, state),
        offers=offers(dispatch, role=role),
    )


def _help(dispatch: Dispatch, state: State) -> str:
    name = registry.label(dispatch.channel)
    if state is State.UNCONFIRMED:
        return f"{name} was asked to post it, but the answer was lost: look there, then say whether it is there."
    if state is State.FAILED and dispatch.remedy == "shorten":
        return "Shorten the letter or its template, then press “Try again”."
    if state is State.FAILED and dispatch.remedy == "settings":
        return f"Look after the account or app at {name} itself, then press “Try again”."
    if state is State.BLOCKED and dispatch.account is not None and dispatch.account.needs_reconnect:
        return "Connect it again on the page of accounts: then it goes on by itself."
    if state is State.BLOCKED and dispatch.account is None and dispatch.channel in registry.names():
        then = "it goes on by itself" if dispatch.approved_at else "it can be approved"
        return f"Connect one on the page of accounts: then {then}."
    return ""


def cards(letter: Letter, channels: Sequence[str]) -> list[Card]:
    """Return each channel's variant as it would go out now."""
    return cards_of(letter, letter_previews.of_channels(letter, channels))


def cards_of(letter: Letter, previews: Iterable[LetterPreview]) -> list[Card]:
    """Return previews of a letter's variants as the desk shows them."""
    names = {channel: rows[0].name for channel, rows in accounts_by_channel(letter.publication).items()}
    return [
        replace(
            card_of(entry.preview, entry.publication),
            about_account=entry.about_account,
            sender=names.get(entry.preview.channel) or letter.publication.name,
        )
        for entry in previews
    ]


def card(letter: Letter, channel: str) -> Card:
    """Return one channel's variant as it would go out now."""
    return cards(letter, [channel])[0]


def worries(letter: Letter) -> dict[int, list[Concern]]:
    """Return what whoever approves the letter's drafts should know of their accounts, by dispatch."""
    drafts = [dispatch for dispatch in dispatches(letter) if dispatch.state == State.DRAFT.value]
    concerns_by_dispatch: dict[int, list[Concern]] = {}
    for account_concern in concerns.of_dispatches(drafts):
        if account_concern.concern.level != "note":
            concerns_by_dispatch.setdefault(account_concern.dispatch_id, []).append(account_concern.concern)
    return concerns_by_dispatch


def account_warnings(cards: Iterable[Card]) -> dict[str, list[Concern]]:
    """Return what whoever queues should know of the accounts, by channel; what is only a note is in the variant."""
    return {
        variant_card.channel: [concern for concern in variant_card.about_account if concern.level != "note"]
        for variant_card in cards
    }


def went_out(dispatch: Dispatch) -> Card | None:
    """Return the variant that was released, or before that the approved one; None where there is neither."""
    stored_variant = dispatch.variant or dispatch.approved_variant
    if stored_variant is None:
        return None
    variant = stored_variants.read(stored_variant)
    view = dispatch.publication.view(site_url=settings.SITE_URL)
    omissions = tuple(Concern(sentence) for sentence in variant.dropped)
    sent_card = card_of(Preview(dispatch.channel, registry.label(dispatch.channel), variant, omissions), view)
    return replace(sent_card, sender=dispatch.account.name if dispatch.account else dispatch.publication.name)


def card_of(channel_preview: Preview, publication: PublicationView) -> Card:
    """Return a variant as the desk shows it: a mail as a made-up subscriber gets it, a post with its lengths."""
    channel = registry.CHANNELS.get(channel_preview.channel)
    if channel is None or channel_preview.variant is None:
        return Card(channel_preview.channel, channel_preview.label, channel_preview.variant, channel_preview.concerns)
    if channel.capabilities.addressed:
        try:
            mail = sample_mail(channel_preview.variant, publication)
        except TemplateError as error:
            return Card(
                channel_preview.channel,
                channel_preview.label,
                None,
                (*channel_preview.concerns, Concern(str(error), "refuse")),
            )
        return Card(
            channel_preview.channel, channel_preview.label, channel_preview.variant, channel_preview.concerns, mail=mail
        )
    parts = tuple(PreviewPart(text, measure(text, channel.capabilities)) for text in channel_preview.variant.parts)
    return Card(
        channel_preview.channel, channel_preview.label, channel_preview.variant, channel_preview.concerns, parts
    )


def short_clicks(dispatch: Dispatch) -> int | None:
    """Return how often the short link of a letter's posts on this channel was followed; None where there is none."""
    if dispatch.letter is None or dispatch.variant is None:
        return None
    return insights.short_clicks(dispatch.letter).get(dispatch.channel)


def accounts_by_channel(publication: Publication) -> dict[str, list[Account]]:
    """Return the publication's accounts, by channel."""
    accounts: dict[str, list[Account]] = {}
    for account in Account.objects.filter(publication=publication).order_by("pk"):
        accounts.setdefault(account.channel, []).append(account)
    return accounts


def subscribers(publication: Publication) -> dict[str, int]:
    """Return how many people are on each list, by the list's id as a form has it."""
    active = Count("subscriptions", filter=Q(subscriptions__state=Subscription.State.ACTIVE))
    return {str(pk): count for pk, count in publication.lists.annotate(active=active).values_list("pk", "active")}


def table(letter: Letter, *, role: Role = "editor") -> dict[str, Any]:
    """Return what the table of a letter's dispatches shows, live or on the page."""
    table_rows = rows(dispatches(letter), role=role)
    return {"letter": letter, "rows": table_rows, "unfinished": any(not row.report.finished for row in table_rows)}
