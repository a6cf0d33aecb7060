"""The whole trip as an editor makes it: to a network of the practice world, back with an account, and a letter out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from distributor.channels import registry
from distributor.cli.accounts import connect_practice
from distributor.delivery import actions
from distributor.delivery.accounts import accounts, network_apps
from distributor.delivery.models import Account, Dispatch
from distributor.domain.letters import Draft
from distributor.letters.models import Letter, Publication
from distributor.practice import networks
from distributor.practice.network import Network
from tests.integration import world
from tests.integration.processes import Practice

CONNECTED = [network for network in networks.NETWORKS if registry.get(network.channel).connect_flow]
RENEWED = [network for network in CONNECTED if registry.get(network.channel).token_renewal]
ACCOUNTS = "/desk/accounts/"


def named(known: list[Network]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("network", known, ids=lambda network: network.channel)


@pytest.fixture
def practice(practice: Practice, publication: Publication) -> Practice:
    connect_practice(publication, channels=[])  # its apps, and no account
    return practice


@pytest.fixture
def letter(publication: Publication, draft: Draft) -> Letter:
    return world.make_letter(draft, publication)


@pytest.fixture
def desk(logged_in: Callable[..., Page], practice: Practice, seen: Seen) -> Page:
    """The accounts page of an editor whose browser may also go to the practice world."""
    page = logged_in()
    page.context.route(f"{practice.url}/**", lambda route: route.continue_())
    seen.look_at(page)
    page.goto(ACCOUNTS)
    return page


class Seen:
    """Everything that a browser was shown and where it went, and what was logged meanwhile."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        self.addresses: list[str] = []
        self.pages: list[str] = []

    def look_at(self, page: Page) -> None:
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("framenavigated", lambda frame: self.addresses.append(frame.url))
        # The page itself says what it shows: whoever asks it from outside may find it gone on to the next.
        page.expose_function("keepPage", lambda text: self.pages.append(text))
        page.add_init_script("addEventListener('DOMContentLoaded', () => keepPage(document.documentElement.outerHTML))")

    def everything(self) -> str:
        return "\n".join([*self.addresses, *self.pages, self._caplog.text])


@pytest.fixture
def seen(caplog: pytest.LogCaptureFixture) -> Iterator[Seen]:
    """Fail where a token of an account, or a secret of an app, was seen."""
    caplog.set_level(logging.DEBUG)
    looking = Seen(caplog)
    yield looking
    assert looking.pages
    everything = looking.everything()
    for value in secrets():
        assert value not in everything, everything[max(everything.find(value) - 300, 0) :][:600]


def secrets() -> set[str]:
    """Return all secret values that there are now."""
    found: set[str] = set()
    for account in Account.objects.all():
        hidden = {field.name for field in registry.get(account.channel).fields if field.secret}
        found |= {value for name, value in accounts.credentials(account).values.items() if name in hidden}
    for network in CONNECTED:
        keys = network_apps.keys(network.channel, practice=True).values
        found |= {keys[field.name] for field in network_apps.fields(network.channel) if field.secret}
    return found - {""}


def go(page: Page, network: Network) -> None:
    """Answer what is asked, and go on to the network's consent page."""
    label = registry.get(network.channel).capabilities.label
    how = registry.get(network.channel).connect_flow
    assert how is not None
    for question in how.questions:
        if not question.optional:
            page.get_by_label(question.label).fill(network.account.values[question.name])
    page.get_by_role("button", name=f"Go to {label}").click()
    expect(page.get_by_text("This is the practice world’s")).to_be_visible()


def practise(page: Page, network: Network) -> None:
    section(page, network).get_by_role("link", name="Connect a practice account").click()
    go(page, network)


def allow(page: Page) -> None:
    """Allow it, and choose one account where there are several: the one that is known already, or else the first."""
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(re.compile("/desk/(accounts/choose|channels/lantern)/$"))
    if page.url.endswith("/choose/"):
        if not page.locator("input:checked").count():
            page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Connect").click()
    page.wait_for_url("**/desk/channels/lantern/")


def section(page: Page, network: Network) -> Locator:
    return page.get_by_role("region", name=registry.get(network.channel).capabilities.label, exact=True)


def rows(page: Page, network: Network) -> Locator:
    """The network's accounts on the accounts page."""
    return section(page, network).locator("tbody tr")


def health(page: Page, network: Network) -> Locator:
    """How its one account is, in a word."""
    expect(rows(page, network)).to_have_count(1)
    return rows(page, network).locator("[data-label='Status'] .pill")


def queue(page: Page, letter: Letter, network: Network, *, when: str = "") -> Dispatch:
    """Queue a letter for this channel alone, as an editor does."""
    page.goto(f"/desk/letters/{letter.pk}/")
    for box in page.locator("input[name=channels]").all():
        box.set_checked(box.get_attribute("value") == network.channel)
    page.get_by_role("textbox", name="When").fill(when)
    page.get_by_role("button", name="Approve and queue").click()
    row = page.locator("tr", has=page.get_by_role("rowheader", name=registry.get(network.channel).capabilities.label))
    expect(row.first).to_be_visible()
    return Dispatch.objects.get(channel=network.channel)


def arrived(page: Page, practice: Practice, network: Network, letter: Letter) -> None:
    """Look at the network's page in the practice world: the letter's title is there, once."""
    page.goto(f"{practice.url}/{network.channel}")
    expect(page.locator("article", has_text=letter.title)).to_have_count(1)


@named(CONNECTED)
def test_an_account_is_connected_in_the_browser_and_a_letter_goes_out(
    desk: Page, practice: Practice, letter: Letter, network: Network
) -> None:
    practise(desk, network)
    desk.get_by_role("button", name="Decline").click()
    desk.wait_for_url(f"**{ACCOUNTS}")
    expect(desk.get_by_role("alert")).to_have_text(
        re.compile(r"^[^.]+ was not allowed to connect the account: start again and choose “Allow”\.$")
    )
    expect(section(desk, network).get_by_text("None is connected.")).to_be_visible()
    assert not Account.objects.exists()

    practise(desk, network)
    allow(desk)
    expect(health(desk, network)).to_have_text("Connected")
    expect(desk.get_by_role("status")).to_contain_text("is connected.")
    account = Account.objects.get()
    assert (account.channel, account.practice) == (network.channel, True)
    dispatch = queue(desk, letter, network)
    world.work(dispatch)
    assert (dispatch.state, dispatch.account, dispatch.reason) == ("sent", account, "")
    arrived(desk, practice, network, letter)
    desk.goto(ACCOUNTS)
    expect(health(desk, network)).to_have_text("Connected")


@named(CONNECTED)
def test_connecting_again_makes_no_second_account_and_keeps_what_is_scheduled(
    desk: Page, practice: Practice, publication: Publication, letter: Letter, network: Network
) -> None:
    """First over an account whose values were typed in, then over one that the network has shut out."""
    [typed] = connect_practice(publication, [network.channel])
    desk.reload()
    practise(desk, network)
    allow(desk)
    expect(health(desk, network)).to_have_text("Connected")
    account = Account.objects.get()
    assert account.pk == typed.pk

    sealed = bytes(account.sealed)
    dispatch = queue(desk, letter, network, when="tomorrow 9:00")
    due_at = dispatch.due_at
    accounts.ask_to_reconnect(account, "Its password was changed.")
    desk.goto(ACCOUNTS)
    expect(health(desk, network)).to_have_text("Action needed")
    rows(desk, network).get_by_role("link", name="Connect again").click()
    go(desk, network)
    allow(desk)
    expect(health(desk, network)).to_have_text("Connected")
    account.refresh_from_db()
    assert bytes(account.sealed) != sealed
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.account, dispatch.due_at) == ("scheduled", account, due_at)

    if network in RENEWED:
        tokens = accounts.credentials(account).values
        practice.age(network.channel, hours=25)
        Account.objects.update(renew_at=timezone.now() - timedelta(minutes=1))
    actions.perform("release", dispatch.pk, role="editor", confirmed=True)
    world.work(dispatch)
    assert dispatch.state == "sent", dispatch.reason
    arrived(desk, practice, network, letter)
    if network in RENEWED:
        account.refresh_from_db()
        assert account.renewed_at is not None
        assert accounts.credentials(account).values["access_token"] != tokens["access_token"]
        assert account.renew_at is not None
        assert account.renew_at > timezone.now()
