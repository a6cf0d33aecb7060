"""The practice world as a process of its own, and each channel as the contract suite sees it."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from distributor.channels.base import Credentials, Intent
from distributor.channels.link import page_store
from distributor.domain.outcomes import Outcome, Receipt
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from distributor.practice.networks import ACCOUNTS
from tests.contract.cases import SPECS
from tests.contract.cases.spec import Spec
from tests.patience import PATIENCE
from tests.ports import replaced


@dataclass
class World:
    """The running practice world, asked over HTTP as everybody would."""

    url: str
    endpoints: Mapping[str, str]
    http: httpx.Client

    def posts(self, channel: str) -> list[dict[str, Any]]:
        return list(self.http.get("/api/posts", params={"channel": channel}).json()["posts"])

    def thread(self, channel: str) -> list[dict[str, Any]]:
        """Return the posts of the one thread there, the first one first; each has to answer the one before."""
        posts = self.posts(channel)[::-1]
        assert [post["reply_to"] for post in posts] == ["", *(post["id"] for post in posts[:-1])]
        return posts

    def consent(self, url: str, back: str, answer: str = "allow", *, shows: str = "") -> dict[str, str]:
        """Answer on a network's page, as an editor does, and return the query with which the browser comes back."""
        assert shows in self.http.get(url).text
        sent = self.http.post(url, data={"answer": answer})
        assert sent.headers["location"].startswith(f"{back}?")
        return dict(parse_qsl(urlsplit(sent.headers["location"]).query))

    def mails(self, recipient: str = "") -> list[dict[str, Any]]:
        return list(self.http.get("/api/mail", params={"recipient": recipient, "limit": 1000}).json()["mails"])

    def raw(self, mail_id: int) -> bytes:
        return self.http.get(f"/api/mail/{mail_id}/raw").content

    def arrived(self, channel: str) -> int:
        return int(self.http.get("/api/counts").json()[channel])

    def fault(self, channel: str, name: str, *, times: int = 1, seconds: float = 5.0) -> None:
        payload = {"channel": channel, "fault": name, "times": times, "seconds": seconds}
        self.http.post("/faults", json=payload).raise_for_status()

    def reset(self) -> None:
        self.http.delete("/api/all").raise_for_status()


@pytest.fixture(scope="session")
def running_world(practice_card: dict[str, Any]) -> Iterator[World]:
    with httpx.Client(base_url=practice_card["url"], trust_env=False, timeout=PATIENCE) as http:
        yield World(practice_card["url"], practice_card["endpoints"], http)


@pytest.fixture
def world(running_world: World) -> World:
    running_world.reset()
    return running_world


def new_intent(*, attempt: int = 1, at: datetime | None = None) -> Intent:
    return Intent(str(uuid.uuid4()), attempt, at or datetime.now(UTC))


def reader(name: str = "reader") -> Recipient:
    return Recipient(
        id=7, email=f"{name}@example.org", name="Kim Reader", unsubscribe_url="https://letters.example.org/u/token/"
    )


@dataclass
class MemoryShelf:
    """Pages in a dict: what the letters' side does in the database."""

    pages: dict[str, Receipt] = field(default_factory=dict)

    def put(self, variant: Variant, intent: Intent) -> Receipt:
        if not variant.link:
            raise page_store.PageRefused("This page has no address.")
        return self.pages.setdefault(intent.key, Receipt(f"page-{len(self.pages) + 1}", variant.link))

    def find(self, intent: Intent) -> Receipt | None:
        return self.pages.get(intent.key)

    def remove(self, variant: Variant, receipt: Receipt) -> None:
        self.pages = {key: page for key, page in self.pages.items() if page.remote_id != receipt.remote_id}


@dataclass
class Case:
    """One channel: `make(text)` is a variant with this text, `send` does it once, `texts()` is what then is there."""

    name: str
    spec: Spec
    channel: Any
    account: Credentials
    texts: Callable[[], list[str]]

    def make(self, text: str) -> Variant:
        return self.spec.make(text)

    def send(self, variant: Variant, intent: Intent, *, credentials: Credentials | None = None) -> Outcome:
        credentials = credentials or self.account
        if not self.channel.capabilities.addressed:
            return self.channel.send(credentials, variant, intent)  # type: ignore[no-any-return]
        with self.channel.open(credentials, variant, intent) as session:
            [[delivered]] = session.deliver([reader()])
            return delivered.outcome  # type: ignore[no-any-return]

    def with_values(self, **values: str) -> Credentials:
        return Credentials(1, self.account.name, {**self.account.values, **values}, self.account.endpoint)

    def elsewhere(self) -> Credentials:
        """Return the account with an endpoint at which nobody listens."""
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        endpoint = f"smtp://127.0.0.1:{port}?starttls=off" if self.name == "mail" else f"http://127.0.0.1:{port}"
        return Credentials(1, self.account.name, self.account.values, endpoint)


def practice_account(world: World, channel: str) -> Credentials:
    [account] = [one for one in ACCOUNTS if one.channel == channel]
    return Credentials(1, account.name, account.values, world.endpoints[channel])


@pytest.fixture
def pages() -> Iterator[MemoryShelf]:
    memory = MemoryShelf()
    with replaced(page_store.PAGES, memory):
        yield memory


@pytest.fixture
def case_of(world: World, pages: MemoryShelf) -> Callable[..., Case]:
    """Return a maker of cases: `case_of("twitter", timeout=0.5)`."""

    def posts(channel: str) -> Callable[[], list[str]]:
        return lambda: [post["text"] for post in world.posts(channel)]

    def mails() -> list[str]:
        texts = (world.http.get(f"/api/mail/{mail['id']}").json()["text"] for mail in world.mails())
        return [text.rstrip("\n") for text in texts]

    def make(name: str, **options: Any) -> Case:
        spec = SPECS[name]
        if name == "link":
            account = Credentials(0, "web", {})
            return Case(name, spec, spec.channel(), account, lambda: [page.url for page in pages.pages.values()])
        texts = mails if name == "mail" else posts(name)
        return Case(name, spec, spec.channel(**options), practice_account(world, name), texts)

    return make
