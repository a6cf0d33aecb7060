"""What every channel is: one protocol, and the value objects that pass through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

from distributor.domain.capabilities import Capabilities
from distributor.domain.digests import DigestView
from distributor.domain.letters import LetterView
from distributor.domain.outcomes import Outcome, Receipt
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Concern, Payload, Variant
from distributor.rendering.template_sets import TemplateSet

if TYPE_CHECKING:
    from distributor.channels.connect_flow import ConnectFlow, Identity, TokenRenewal


@dataclass(frozen=True, slots=True)
class AccountField:
    """One value that an account of this channel needs, as a form or prompt asks for it.

    `secret` values are never shown again, logged or put in a URL. `optional` ones may stay empty. A `hidden` one is
    never asked for: connecting in the browser fills it (a refresh token, say).

    `make` makes a value where an editor gives none (a secret that the other side has to be told, say): whoever asks for
    the values uses `connect_flow.generated_values`, and shows what was made once.

    `lines`: its value is a list, one entry a line, so a form gives it room. Of a secret one that is stored editors are
    told how many entries it has, and they can keep it when they give the account new values.

    `unless` names the field instead of which this one is needed, together with all others that name it.
    """

    name: str
    label: str
    help: str = ""
    secret: bool = False
    optional: bool = False
    hidden: bool = False
    make: Callable[[], str] | None = None
    lines: bool = False
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to reach one account. `values` holds what the channel's `fields` name; its `repr` shows none of it.

    `endpoint` is the root URL of the practice world's stand-in for a practice account, and empty for a real one: the
    adapter then uses the network's own address. Nothing else may redirect an account. `from_operator`: they come
    from the installation's environment and not from an editor, so that a mail relay may be in any network.
    """

    account_id: int
    name: str
    values: Mapping[str, str] = field(repr=False)
    endpoint: str = ""
    from_operator: bool = False

    @property
    def practice(self) -> bool:
        """Whether this account lives in the practice world."""
        return bool(self.endpoint)


@dataclass(frozen=True, slots=True)
class ChannelSetting:
    """Something that a publication can choose for one channel beyond what all share; it arrives in `Options.more`.

    `choices` are the values it takes, none for any text; `says` tells in words what a choice means, where it does not
    say so itself. `default` holds where nothing is chosen; where there are choices it is one of them.

    `problem` says in one sentence why a text can't be used, "" where it can; it is asked before the text is stored.
    """

    name: str
    label: str
    help: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    says: Mapping[str, str] = field(default_factory=dict)
    problem: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """A publication's settings for one channel.

    - `thread`: a text that does not fit becomes a thread instead of being cut.
    - `link`: which post of it carries the link.
    - `picture`: what is attached where the channel takes pictures: the letter's own, else a drawn card (`auto`); only
      the one or the other; or nothing.
    - `templates`: the publication's own templates, looked at before the common ones; a slug is its folder alone.
    - `track`: links and opens of mails are counted.
    - `campaign`: the letter's link says by which channel a reader comes (`domain.campaigns`).
    - `short`: posts carry a short link of ours to the letter's page, which is counted.
    - `more`: the channel's own settings, by the names of `Channel.settings`.
    """

    thread: bool = False
    link: Literal["first", "last", "none"] = "last"
    picture: Literal["auto", "own", "card", "none"] = "auto"
    templates: str | TemplateSet = ""
    track: bool = True
    campaign: bool = False
    short: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    def setting(self, name: str, default: str = "") -> str:
        """Return one of the channel's own settings."""
        return self.more.get(name) or default


def _noted_nowhere(_memory: Mapping[str, Any]) -> None:
    """Keep nothing: who sends without a record has nothing to go on from."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One decision to send, made durable before the call.

    `key` (a UUID as text) never changes for one dispatch: channels with idempotency use it, and Message-IDs are made
    of it. `attempt` counts from 1. `first_tried_at` (aware) is when the first call for this intent began, by a clock
    that this machine's own is ahead of by `clock_ahead`: what is older on the network is not this intent's.

    `foreign_ids` are the network's ids of posts that other dispatches hold: a look-up takes none of them.
    `settled`: of every try before this one it is certain that nothing came of it.

    `kept` (JSON types, no secrets, no personal data) is what the tries before this one left for it: in an outcome's
    `keep`, or by `note`. That notes at once and for good, so that a call which is noted before it is made is known of
    even when its worker dies.
    """

    key: str
    attempt: int
    first_tried_at: datetime
    kept: Mapping[str, Any] = field(default_factory=dict)
    note: Callable[[Mapping[str, Any]], None] = field(default=_noted_nowhere, repr=False, compare=False)
    foreign_ids: frozenset[str] = frozenset()
    clock_ahead: timedelta = timedelta(0)
    settled: bool = False

    @property
    def nothing_out(self) -> bool:
        """Whether it is certain that no try before this one made a post."""
        return self.attempt == 1 or self.settled


# Codes of a Deferred outcome that mean more than one recipient's or post's delay.
AWAY = "away"  # the server itself: everyone after this one would be deferred too
CROWDED = "crowded"  # other workers have all connections: nobody was tried, everyone may come again in a moment
LAPSED = "lapsed"  # the caller may send no more, as when its lease is over: nobody was tried
REPEAT_POSSIBLE = "repeat-possible"  # the mail may have been accepted; its Message-ID will be the same
PARTLY_OUT = "partly-out"  # the first posts of a thread are out: try again with the very same variant


class Channel(Protocol):
    """A kind of place to deliver to. Stateless. It is a PostChannel or, where `capabilities.addressed`, an
    AddressedChannel: all I/O is in their methods.
    """

    @property
    def name(self) -> str:
        """The share bar's word, for example `twitter`."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def fields(self) -> tuple[AccountField, ...]:
        """What an account needs. Empty when the channel works without an account of its own (`link`)."""
        ...

    @property
    def settings(self) -> tuple[ChannelSetting, ...]:
        """What a publication can choose for this channel beyond what all channels share."""
        ...

    @property
    def payload(self) -> type[Payload]:
        """What its variants hold beside what all have: the type in which they are made and read again."""
        ...

    @property
    def connect_flow(self) -> ConnectFlow | None:
        """How an account is connected in the browser; None where its values are typed in."""
        ...

    @property
    def token_renewal(self) -> TokenRenewal | None:
        """How its tokens are renewed; None where they don't expire."""
        ...

    def compose(self, letter: LetterView, options: Options) -> Variant:
        """Render and fit the letter. Pure but for reading templates.

        Raises TemplateError when a template does not parse or names something that it was not given.
        """
        ...

    def check(self, variant: Variant) -> tuple[Concern, ...]:
        """Say what an editor should know. Pure."""
        ...

    def check_account(self, credentials: Credentials, variant: Variant) -> tuple[Concern, ...]:
        """Say what this one account can't do for the variant, or does otherwise; never `refuse`. Pure."""
        ...

    def not_before(self, options: Options, moment: datetime) -> datetime:
        """Return the first time from `moment` (aware) on at which the channel lets anything be sent. Pure.

        Mostly that is `moment` itself; some kinds of message are forbidden at night.
        """
        ...


class PostChannel(Channel, Protocol):
    """A channel on which a variant is one post (or one thread) of one account."""

    def send(self, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        """Deliver once. Never raises for what a network does: every answer, and a lost one, is an Outcome."""
        ...

    def can_look(self, credentials: Credentials) -> bool:
        """Whether `find_existing` sees what this account posted; never without `capabilities.lookup`. Pure."""
        ...

    def find_existing(self, credentials: Credentials, intent: Intent, variant: Variant) -> Receipt | None:
        """Look on the network whether this intent was carried out; None when it is not there or can't be seen.

        Raises LookupAway when the network could not be asked.
        """
        ...

    def calls(self, variant: Variant) -> int:
        """Return how much of the account's budget (`capabilities.budgets`) sending this variant uses. Pure."""
        ...

    def recall(self, credentials: Credentials, variant: Variant, receipt: Receipt) -> Outcome:
        """Delete what was sent; Accepted when it is gone, also when it was before. Never raises for what networks do.

        Only called where `capabilities.recall`. A lost answer is Deferred: deleting again harms nobody.
        """
        ...

    def identify(self, credentials: Credentials) -> Identity:
        """Ask the network whose credentials these are. Raises ConnectRefused and NetworkAway."""
        ...


@dataclass(frozen=True, slots=True)
class Pause:
    """Said in place of the next recipient: there is none for so many seconds. What is under way goes on; ask again."""

    seconds: float


@dataclass(frozen=True, slots=True)
class RecipientOutcome:
    """What became of one recipient in this try."""

    recipient: Recipient
    outcome: Outcome


MaySend = Callable[[], bool]


def always() -> bool:
    """Let everything be sent: for whoever sends without a lease."""
    return True


class Session(Protocol):
    """An open connection of an addressed channel, set to one dispatch."""

    def deliver(
        self, recipients: Iterable[Recipient | Pause], *, may_send: MaySend = always
    ) -> Iterator[Sequence[RecipientOutcome]]:
        """Send to each recipient and yield what became of them, soon after it is known, in any order, in small groups.

        While a caller holds a group nothing more is sent, so that it can be recorded first: a group has at most as many
        outcomes as there are connections, and each connection has at most one message under way. What a killed worker
        repeats is therefore never more than twice its connections.

        Every recipient that was taken from `recipients` is yielded exactly once; a recipient for whom rendering fails
        is `Rejected` with code `template`. Raises nothing for what the network does: while a server is away, or takes
        no more for now, recipients are `Deferred` with code `AWAY`, and with code `CROWDED` while other workers have
        all its connections; one whose answer was lost is `Deferred` with code `REPEAT_POSSIBLE`.

        `may_send` is asked before each message goes out, however long ago it was taken: a process that was stopped
        wakes in the middle of its work. From the first no on, those who were not tried are `Deferred` with code
        `LAPSED`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an account may be used by all workers together: messages a second in all, and to a recipient domain of
    which nothing is known yet; 0 for no word about it.
    """

    rate: float = 0.0
    domain_start: float = 0.0


class Permits(Protocol):
    """One holder's part of the connections that a server lets all workers have together.

    It stays the holder's until the next `ask`, however long that takes; that of a killed process lapses by itself. Not
    for several threads at a time.
    """

    def ask(self, count: int, *, has: int) -> int:
        """Return how many of `count` connections may be open; where the holder `has` more, some are to be closed.

        `has` counts all that may be open at the server: those being opened or closed, too.
        """
        ...

    def close(self) -> None:
        """Give everything back, at the holder's end."""
        ...


PermitsFor = Callable[[str, int], Permits]
"""Makes a holder at the server of this name, which lets so many connections in all; the name holds no secret."""


class AddressedChannel(Channel, Protocol):
    """A channel whose variants go to recipients from mailing lists (`capabilities.addressed`)."""

    def compose_digest(self, digest: DigestView, options: Options) -> Variant:
        """Render a digest, as `compose` does a letter."""
        ...

    def pace(self, credentials: Credentials) -> Pace:
        """Say how fast this account may be used; one that can't be read is refused when it is opened, not here."""
        ...

    def slows_down(self, code: str) -> bool:
        """Whether a Deferred outcome with this code asks to send more slowly to the recipient's domain."""
        ...

    def open(
        self, credentials: Credentials, variant: Variant, intent: Intent, *, permits: PermitsFor | None = None
    ) -> AbstractContextManager[Session]:
        """Compile the variant once, for many recipients; connections are made when the first one comes.

        `permits` is asked where the account limits the connections of all workers; without it this process is taken to
        be the only one.

        Raises TemplateError when the variant does not compile, and nothing for what the network does.
        """
        ...


def at_any_time(_options: Options, moment: datetime) -> datetime:
    """The `not_before` of a channel that sends day and night."""
    return moment


class LookupAway(Exception):
    """The network could not be asked whether a post exists; ask again later."""


Clock = Callable[[], datetime]
