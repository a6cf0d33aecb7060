"""What the API answers."""

# Written by scripts/client: run that instead of changing this.

from __future__ import annotations

import builtins
from datetime import date, datetime
from typing import Any
from uuid import UUID

from distributor.client.calls import Model


class Account(Model):
    """One connected identity on a channel, without its keys."""

    id: int
    publication: str
    channel: str
    name: str
    kind: str
    url: str
    practice: bool
    health: Health
    connected_at: datetime
    renewed_at: datetime | None
    ends_at: datetime | None
    webhook: str


class ActionAnswer(Model):
    """What was done."""

    dispatch: Dispatch
    sentence: str
    notes: builtins.list[str]
    concerns: builtins.list[Concern]
    further: builtins.list[str]


class ApprovalDifference(Model):
    """How what is approved differs from what would be approved now."""

    letter: builtins.list[Difference]
    text: builtins.list[Piece]
    link: builtins.list[Any] | None
    picture: builtins.list[Any] | None


class Arrival(Model):
    """What came to a door, and what became of it."""

    id: int
    at: datetime
    state: str
    title: str
    letter: int | None = None
    reason: str


class Attempt(Model):
    """One call, and what came of it."""

    id: int
    message: int
    webhook_id: str
    type: str
    at: datetime
    status: int | None = None
    milliseconds: int | None = None
    answer: str
    delivered: bool


class Author(Model):
    """A person with a bio."""

    name: str
    email: str
    bio: str


class ChannelSetting(Model):
    """One setting as it holds."""

    name: str
    label: str
    help: str
    choices: builtins.list[str]
    default: str
    value: str
    problem: str | None = None


class ChannelSettings(Model):
    """What a publication chose for one channel."""

    channel: str
    label: str
    settings: builtins.list[ChannelSetting]


class CheckedRule(Model):
    """What a rule says, and how many people it holds."""

    who: str
    rule: dict[str, Any]
    people: int


class Clicks(Model):
    """Who followed a mail's links, the most followed first."""

    people: int
    total: int
    machines: int
    links: builtins.list[LinkClicks]


class Concern(Model):
    """What whoever approves should know of the account that it goes out through."""

    dispatch: int
    channel: str
    level: str
    message: str


class DecidedBurst(Model):
    """What was decided, and about how many."""

    id: int
    decision: str
    people: int


class DecidedEvents(Model):
    """What was decided, and why it was not for others."""

    decided: builtins.list[int]
    problems: builtins.list[str]


class Delivery(Model):
    """What became of one mail to them."""

    mail: str
    dispatch: int
    publication: str
    outcome: str
    detail: str
    at: datetime


class Departure(Model):
    """Where somebody is not on a list any more."""

    was_on: bool


class Difference(Model):
    """One field that changed."""

    field: str
    before: str
    after: str
    pieces: builtins.list[Piece]


class DigestRun(Model):
    """One run of a digest, for those in one time zone; the last four are null where nothing was new for anyone."""

    day: date
    cadence: str
    zone: str
    letters: int
    dispatch: int | None
    state: str
    recipients: int | None
    accepted: int | None


class DigestSettings(Model):
    """When a publication's digests go out, on each subscriber's own clock."""

    on: bool
    hour: int
    weekday: str
    since: datetime | None


class Dispatch(Model):
    """One variant, to one target, at one time. A post counts as one recipient."""

    id: int
    publication: str
    letter: LetterReference
    channel: str
    account: int | None
    target: str
    lists: builtins.list[str]
    segment: str | None
    practice: bool
    state: str
    finished: bool
    reason: str
    due_at: datetime
    hold_minutes: int
    hold_until: datetime | None
    goes_out_at: datetime | None
    approved_at: datetime | None
    approved_version: int | None
    went_out_at: datetime | None
    finished_at: datetime | None
    created_at: datetime
    spread_hours: int
    waits_for: int | None
    resend_of: int | None
    to_nonopeners: bool
    subject: str
    recipients: int | None
    outcomes: dict[str, int]
    repeats: int
    held_people: int
    reached_later: int
    url: str
    change: SourceChange | None


class DispatchDelivery(Model):
    """What became of one recipient."""

    person: UUID | None
    email: str | None
    outcome: str
    detail: str
    at: datetime


class DispatchReport(Model):
    """What became of one dispatch. `opens` and `clicks` are null where nothing is tracked, as for posts."""

    dispatch: int
    channel: str
    target: str
    state: str
    went_out_at: datetime | None
    url: str
    recipients: int
    outcomes: dict[str, int]
    opens: Opens | None
    clicks: Clicks | None
    returns: dict[str, int]


class DispatchVariant(Model):
    """A dispatch's variant as it would be approved now."""

    channel: str
    label: str
    ready: bool
    variant: Variant | None
    concerns: builtins.list[VariantConcern]
    dispatch: int
    own_parts: builtins.list[str]
    override: Override | None
    change: VariantChange | None


class Door(Model):
    """A door, without its keys."""

    id: int
    publication: str
    name: str
    kind: str
    is_open: bool
    mapping: dict[str, str]
    header: str
    senders: builtins.list[str]
    rules: Rules


class DoorWithKeys(Model):
    """A door with what the other system needs, which is shown this once."""

    id: int
    publication: str
    name: str
    kind: str
    is_open: bool
    mapping: dict[str, str]
    header: str
    senders: builtins.list[str]
    rules: Rules
    address: str
    secret: str


class Endpoint(Model):
    """An address that is told what happens, without its secret."""

    id: int
    publication: str
    name: str
    url: str
    types: builtins.list[str]
    state: str
    reason: str
    waiting: int
    failed: int
    previous_secret_until: datetime | None = None


class EndpointWithSecret(Model):
    """An endpoint with its secret, which is shown this once."""

    id: int
    publication: str
    name: str
    url: str
    types: builtins.list[str]
    state: str
    reason: str
    waiting: int
    failed: int
    previous_secret_until: datetime | None = None
    secret: str


class Entry(Model):
    """One thing that somebody did."""

    id: int
    at: datetime
    actor: str
    door: str
    action: str
    subject: str
    publication: str | None = None
    details: dict[str, Any] | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    address: str | None = None


class Erasure(Model):
    """What was there."""

    erased: bool
    subscriptions: int


class Event(Model):
    """Something that came back about one recipient."""

    id: int
    kind: str
    source: str
    email: str
    dispatch: int | None
    status: str
    reason: str
    proven: bool
    decision: str
    consequence: str
    at: datetime
    received_at: datetime


class EventFacts(Model):
    """All that is known of an event that is not proven."""

    id: int
    kind: str
    source: str
    email: str
    dispatch: int | None
    status: str
    reason: str
    proven: bool
    decision: str
    consequence: str
    at: datetime
    received_at: datetime
    facts: dict[str, str]
    mail: dict[str, str]


class Feed(Model):
    """A watched feed, and how it is."""

    id: int
    publication: str
    name: str
    url: str
    state: str
    interval_minutes: int
    looked_at: datetime | None = None
    findings: str
    next_look_at: datetime | None = None
    problem: str
    hub: str
    asks: int
    rules: Rules


class FeedQuestion(Model):
    """An entry of a feed that a person is asked about."""

    id: int
    at: datetime
    kind: str
    title: str
    letter: int | None = None
    reason: str


class Health(Model):
    """How an account is."""

    level: str
    sentence: str
    remedy: str
    until: datetime | None


class HeldBurst(Model):
    """A burst of refusals whose people are suppressed once a person says so."""

    id: int
    dispatch: int
    domain: str
    tries: int
    refusals: int
    example: str
    since: datetime
    people: int
    headline: str
    details: str


class HeldBursts(Model):
    """Those that wait for a decision."""

    items: builtins.list[HeldBurst]


class History(Model):
    """What happened with a person's mail; a token for one publication sees that one's alone."""

    deliveries: builtins.list[Delivery]
    events: builtins.list[ReturnedEvent]
    consents: builtins.list[KeptConsent]


class Identity(Model):
    """As whom a network knows an account."""

    name: str


class Image(Model):
    """A letter's picture."""

    url: str
    alt: str


class Import(Model):
    """An import that is running, was interrupted, or is done."""

    id: int
    publication: str
    list: str
    name: str
    state: str
    row: int
    staged: int
    added: int
    updated: int
    unchanged: int
    refused: int
    kept_out: int
    created_at: datetime
    updated_at: datetime


class KeptConsent(Model):
    """What they agreed to."""

    publication: str
    list: str
    at: datetime
    how: str
    recorded_at: datetime


class Key(Model):
    """A name by which the letter's source is recognised."""

    kind: str
    value: str


class LeftOut(Model):
    """A piece of the source that is not in the letter."""

    what: str
    why: str
    html: str
    length: int


class Letter(Model):
    """A letter as it is now."""

    id: int
    publication: str
    title: str
    slug: str
    source: str
    keys: builtins.list[Key]
    version: int
    page_url: str
    series: Series | None
    authors: builtins.list[Author]
    editor_note: str
    section: str
    language: str
    language_inferred: bool
    published_at: datetime | None
    canonical_url: str
    image: Image | None
    share_bar: builtins.list[str]
    summary: str
    social: dict[str, str]
    tags: builtins.list[str]
    withheld: str
    notices: builtins.list[str]
    created_at: datetime
    updated_at: datetime
    html: str
    text: str
    left_out: builtins.list[LeftOut]


class LetterConcern(Model):
    """Something to know before it goes out."""

    level: str
    message: str
    channel: str


class LetterIntake(Model):
    """What became of a letter that was sent."""

    letter: Letter
    created: bool
    missing: builtins.list[str]
    queue: QueueAnswer | None


class LetterItem(Model):
    """A letter in a list."""

    id: int
    publication: str | None = None
    title: str | None = None
    slug: str | None = None
    source: str | None = None
    keys: builtins.list[Key] | None = None
    version: int | None = None
    page_url: str | None = None
    series: Series | None = None
    authors: builtins.list[Author] | None = None
    editor_note: str | None = None
    section: str | None = None
    language: str | None = None
    language_inferred: bool | None = None
    published_at: datetime | None = None
    canonical_url: str | None = None
    image: Image | None = None
    share_bar: builtins.list[str] | None = None
    summary: str | None = None
    social: dict[str, str] | None = None
    tags: builtins.list[str] | None = None
    withheld: str | None = None
    notices: builtins.list[str] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    html: str | None = None
    text: str | None = None
    left_out: builtins.list[LeftOut] | None = None


class LetterPicture(Model):
    """A picture of a letter."""

    url: str
    media: Media | None
    alt: str
    is_lead: bool


class LetterPictures(Model):
    """The pictures of a letter, its own first."""

    pictures: builtins.list[LetterPicture]


class LetterReference(Model):
    """The letter of which something is."""

    id: int | None
    title: str


class LetterReport(Model):
    """What became of a letter, on all its channels."""

    letter: LetterReference
    reads: int
    short_clicks: dict[str, int]
    dispatches: builtins.list[DispatchReport]


class LiftResult(Model):
    """What was done."""

    removed: bool


class LinkClicks(Model):
    """Who followed one link of a mail."""

    url: str
    people: int
    total: int


class List(Model):
    """A named set of people of one publication."""

    id: int
    publication: str
    slug: str
    name: str
    is_public: bool
    welcome: str
    archived_at: datetime | None
    created_at: datetime
    people: ListCounts


class ListCounts(Model):
    """How many people."""

    active: int
    left: int


class Look(Model):
    """What one look found."""

    at: datetime
    cause: str
    outcome: str
    entries: int
    archive: int
    news: int
    releases: int
    asks: int
    notes: builtins.list[str]


class Looks(Model):
    """The latest looks, the latest first."""

    items: builtins.list[Look]


class Mail(Model):
    """What became of a mail. What it said is not kept once it is out."""

    id: UUID
    own_id: str
    publication: str
    to: str
    template: str
    state: str
    attempts: int
    reason: str
    code: str
    next_try_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    returned: str
    returned_reason: str


class MailPreview(Model):
    """A mail as a made-up subscriber gets it."""

    subject: str
    html: str
    text: str
    bytes: int
    without_values: dict[str, str] | None = None


class Media(Model):
    """A stored picture."""

    id: int
    publication: str
    reference: str
    url: str
    width: int
    height: int
    bytes: int
    source: str
    created_at: datetime


class NewSuppressionResult(Model):
    """Whether that is new."""

    added: bool


class Offer(Model):
    """Something that can be done with a dispatch now."""

    name: str
    label: str
    help: str
    scope: str
    permitted: bool
    question: str
    arguments: builtins.list[OfferArgument]


class OfferArgument(Model):
    """What an action takes."""

    name: str
    kind: str
    required: bool
    help: str
    choices: builtins.list[str]


class Opens(Model):
    """Who opened a mail. A hint: some mail programs load every picture before anyone looks, others none."""

    people: int
    total: int


class Override(Model):
    """What somebody wrote for one variant; null where the template's is kept."""

    number: int
    at: datetime
    by: str
    text: str | None
    picture: str | None
    picture_alt: str | None
    link: str | None
    letter_version: int | None


class Person(Model):
    """A person. A token for one publication sees their places on that one's lists alone."""

    key: UUID
    email: str
    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    attributes: dict[str, Any] | None = None
    tags: builtins.list[str] | None = None
    created_at: datetime
    suppressed: str | None = None
    subscriptions: builtins.list[SubscriptionState] | None = None
    shared: bool | None = None


class Piece(Model):
    """A stretch of a text."""

    state: str
    text: str


class PlacedPerson(Model):
    """A person, and what became of the lists that were asked for."""

    key: UUID
    email: str
    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    attributes: dict[str, Any] | None = None
    tags: builtins.list[str] | None = None
    created_at: datetime
    suppressed: str | None = None
    subscriptions: builtins.list[SubscriptionState] | None = None
    shared: bool | None = None
    placements: dict[str, str] | None = None


class Placements(Model):
    """A person's places on lists, and what became of those that were asked for."""

    items: builtins.list[SubscriptionState]
    placements: dict[str, str]


class PostAttempt(Model):
    """One try of a post."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    reason: str
    code: str
    retry_at: datetime | None


class PostPart(Model):
    """One post of a thread; most are one."""

    text: str
    length: int


class Preference(Model):
    """How often somebody gets a publication's letters."""

    publication: str
    cadence: str
    lists: builtins.list[str]


class Preferences(Model):
    """Of each publication whose letters they get."""

    items: builtins.list[Preference]


class Preflight(Model):
    """What would keep it from going out, and what should be known before it does."""

    ready: bool
    concerns: builtins.list[LetterConcern]


class Preview(Model):
    """What would be undone."""

    suppressions: int
    subscriptions: int
    complaints: int
    reasons: builtins.list[ReversalCount]
    sources: builtins.list[ReversalCount]
    domains: builtins.list[ReversalCount]
    sample: builtins.list[str]
    exclusions: dict[str, int]


class Previews(Model):
    """A letter's variants as they would go out now."""

    previews: builtins.list[VariantPreview]


class Progress(Model):
    """How far a dispatch is. A post counts as one recipient."""

    state: str
    recipients: int | None
    outcomes: dict[str, int]
    per_second: float
    ends_at: datetime | None


class Publication(Model):
    """A brand that sends, with its settings as texts: what is read here can be sent back."""

    slug: str
    name: str
    settings: dict[str, str]


class QueueAnswer(Model):
    """The dispatches that were planned, in the order they go out."""

    dispatches: builtins.list[Dispatch]
    notes: builtins.list[str]
    concerns: builtins.list[Concern]


class RankedLetter(Model):
    """One place of the Top 10."""

    place: int
    letter: LetterReference
    reads: int
    url: str


class ReplayCount(Model):
    """How much is sent again."""

    messages: int


class Report(Model):
    """What became of the rows; the first thousand of each kind are named."""

    added: int
    updated: int
    unchanged: int
    problem_count: int
    problems: builtins.list[RowProblem]
    kept_out_count: int
    kept_out: builtins.list[RowProblem]
    left_count: int
    unconfirmed_count: int
    bounced_count: int
    complained_count: int
    taken_off_count: int
    departures: builtins.list[RowProblem]
    resumed_at: int
    dry_run: bool
    system: str
    status_columns: builtins.list[str]
    encoding: str
    list_slug: str
    is_new_list: bool
    similar_list: str
    question: str
    sentences: builtins.list[str]


class ReturnedEvent(Model):
    """What came back about them."""

    kind: str
    source: str
    dispatch: int | None = None
    at: datetime
    status: str
    said: str
    decision: str | None = None


class Reversal(Model):
    """The record of what was undone."""

    id: int
    at: datetime
    actor: str
    words: str
    suppressions: int
    subscriptions: int
    kept: int


class ReversalAnswer(Model):
    """What would be undone, and the record where it was."""

    preview: Preview
    record: Reversal | None


class ReversalCount(Model):
    """How much of one reason, source or domain."""

    name: str
    suppressions: int
    subscriptions: int


class RotatedToken(Model):
    """A token with its new secret, which is shown this once."""

    id: str
    name: str
    owner: str
    role: str
    scopes: builtins.list[str]
    publication: str | None = None
    requests_per_minute: int
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    token: str


class RowProblem(Model):
    """A row, and what is said of it."""

    row: int
    message: str


class Rules(Model):
    """How letters are planned; empty is as their publication and share bar have it."""

    series: str | None = None
    channels: builtins.list[str] | None = None
    lists: builtins.list[str] | None = None
    segment: str | None = None
    hold_minutes: int | None = None
    approve: bool | None = None
    news_limit: int | None = None


class Segment(Model):
    """A named rule of one publication."""

    who: str
    rule: dict[str, Any]
    people: int
    id: int
    publication: str
    slug: str
    name: str
    created_at: datetime


class Series(Model):
    """The named run that a letter belongs to, and its number in it."""

    title: str
    number: int | None


class SourceChange(Model):
    """What changed since it was approved: what was approved goes out, until somebody approves it again."""

    approved_version: int | None
    latest_version: int | None
    override: int | None
    outdated_override: int | None
    sentences: builtins.list[str]


class SubscriptionState(Model):
    """A person's place on a list."""

    list_id: int
    list: str
    publication: str
    state: str
    cadence: str
    since: datetime
    left_at: datetime | None = None
    left_how: str | None = None


class Subscriptions(Model):
    """A person's places on lists."""

    items: builtins.list[SubscriptionState]


class Suppression(Model):
    """An address that gets no mail."""

    id: int
    email: str | None
    reason: str
    detail: str
    source: str
    dispatch: int | None
    created_at: datetime


class Template(Model):
    """One template with what it says."""

    name: str
    is_own: bool
    overrides: bool
    is_stored: bool | None = None
    version: int | None = None
    source: str


class TemplateItem(Model):
    """One template."""

    name: str
    is_own: bool
    overrides: bool
    is_stored: bool | None = None
    version: int | None = None


class TemplateState(Model):
    """One version of a template."""

    number: int
    at: datetime
    actor: str
    origin: str
    is_ours: bool


class TemplateStateDetails(Model):
    """A version with what it says, and how it differs from the one before."""

    number: int
    at: datetime
    actor: str
    origin: str
    is_ours: bool
    source: str
    pieces: builtins.list[Piece]


class Templates(Model):
    """The templates of mails (`email/`) and posts (`social/`), in the order of their names."""

    templates: builtins.list[TemplateItem]


class Token(Model):
    """A token, without its secret."""

    id: str
    name: str
    owner: str
    role: str
    scopes: builtins.list[str]
    publication: str | None = None
    requests_per_minute: int
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


class Variant(Model):
    """The letter as one channel carries it."""

    parts: builtins.list[PostPart]
    limit: int | None
    link: str
    picture: VariantPicture | None
    language: str
    html: str
    mail: MailPreview | None
    data: dict[str, Any]


class VariantChange(Model):
    """What changed since it was approved: what was approved goes out."""

    approved_version: int | None
    latest_version: int | None
    override: int | None
    outdated_override: int | None
    sentences: builtins.list[str]


class VariantConcern(Model):
    """Something to know before it is approved."""

    level: str
    message: str


class VariantPicture(Model):
    """What a post shows."""

    url: str
    alt: str
    card: dict[str, str]
    width: int
    height: int


class VariantPreview(Model):
    """One channel's variant, with what is to be known of it."""

    channel: str
    label: str
    ready: bool
    variant: Variant | None
    concerns: builtins.list[VariantConcern]


class Version(Model):
    """One state of a letter."""

    number: int
    at: datetime
    actor: str
    origin: str
    changes: builtins.list[str]


class VersionDetails(Model):
    """A version with what it says, and how that differs from another one."""

    number: int
    at: datetime
    actor: str
    origin: str
    changes: builtins.list[str]
    content: dict[str, Any]
    since: int | None
    differences: builtins.list[Difference]


class WithdrawalAnswer(Model):
    """What became of a letter's dispatches."""

    summary: str
    dispatches: builtins.list[Dispatch]
    kept: builtins.list[str]


__all__ = [
    "Account",
    "ActionAnswer",
    "ApprovalDifference",
    "Arrival",
    "Attempt",
    "Author",
    "ChannelSetting",
    "ChannelSettings",
    "CheckedRule",
    "Clicks",
    "Concern",
    "DecidedBurst",
    "DecidedEvents",
    "Delivery",
    "Departure",
    "Difference",
    "DigestRun",
    "DigestSettings",
    "Dispatch",
    "DispatchDelivery",
    "DispatchReport",
    "DispatchVariant",
    "Door",
    "DoorWithKeys",
    "Endpoint",
    "EndpointWithSecret",
    "Entry",
    "Erasure",
    "Event",
    "EventFacts",
    "Feed",
    "FeedQuestion",
    "Health",
    "HeldBurst",
    "HeldBursts",
    "History",
    "Identity",
    "Image",
    "Import",
    "KeptConsent",
    "Key",
    "LeftOut",
    "Letter",
    "LetterConcern",
    "LetterIntake",
    "LetterItem",
    "LetterPicture",
    "LetterPictures",
    "LetterReference",
    "LetterReport",
    "LiftResult",
    "LinkClicks",
    "List",
    "ListCounts",
    "Look",
    "Looks",
    "Mail",
    "MailPreview",
    "Media",
    "NewSuppressionResult",
    "Offer",
    "OfferArgument",
    "Opens",
    "Override",
    "Person",
    "Piece",
    "PlacedPerson",
    "Placements",
    "PostAttempt",
    "PostPart",
    "Preference",
    "Preferences",
    "Preflight",
    "Preview",
    "Previews",
    "Progress",
    "Publication",
    "QueueAnswer",
    "RankedLetter",
    "ReplayCount",
    "Report",
    "ReturnedEvent",
    "Reversal",
    "ReversalAnswer",
    "ReversalCount",
    "RotatedToken",
    "RowProblem",
    "Rules",
    "Segment",
    "Series",
    "SourceChange",
    "SubscriptionState",
    "Subscriptions",
    "Suppression",
    "Template",
    "TemplateItem",
    "TemplateState",
    "TemplateStateDetails",
    "Templates",
    "Token",
    "Variant",
    "VariantChange",
    "VariantConcern",
    "VariantPicture",
    "VariantPreview",
    "Version",
    "VersionDetails",
    "WithdrawalAnswer",
]
