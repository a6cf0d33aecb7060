"""Every address, whatever is added: strangers see the login, another site's form does nothing, nobody is led away."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from distributor.letters.models import Letter
from tests.attacks.addresses import ADDRESSES, Address
from tests.integration import world

# Redis begins empty: who asked too often in the same minute would see a refusal in place of each page.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

# The way in, the way out, and a new password for who has forgotten theirs.
OPEN_ON_THE_DESK = {
    "desk/login/",
    "desk/login/second-factor/",
    "desk/login/passkey/",
    "desk/logout/",
    "desk/password/forgotten/",
    "desk/password/reset/<str:uidb64>/<str:token>/",
}
DESK = tuple(
    address for address in ADDRESSES if address.route.startswith("desk/") and address.route not in OPEN_ON_THE_DESK
)
# What other programs POST to, which have no cookie to misuse: mail programs that leave a list (RFC 8058), providers
# that authenticate themselves, and hubs that sign.
WITHOUT_FORM_TOKEN = {
    "u/<str:token>",
    "u/<str:token>/",
    "webhooks/feeds/<str:key>",
    "webhooks/letters/<str:key>",
    "webhooks/mail/<slug:provider>/<int:account_id>",
    "webhooks/mail/<slug:provider>/<int:account_id>/<str:token>",
}
# What acts for whoever shows a token, which no browser sends by itself: a session alone gets nothing there.
API = "api/v1/"
API_PAGES = {f"{API}{name}" for name in ("docs", "problems")}
ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)")
PARAMETERS = ("next", "url", "to", "redirect", "return", "back", "u", "link")


def ids(addresses: tuple[Address, ...]) -> list[str]:
    return [address.route or "front" for address in addresses]


@pytest.fixture
def reader() -> Client:
    """Somebody with a name and a password, and no rights."""
    client = Client()
    client.force_login(User.objects.create_user("reader"))
    return client


@pytest.mark.parametrize("address", DESK, ids=ids(DESK))
def test_strangers_see_the_login_and_readers_nothing(address: Address, letter: Letter, reader: Client) -> None:
    path = address.path()
    stranger = Client()
    for answer in (stranger.get(path), stranger.post(path), stranger.head(path), stranger.put(path)):
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/desk/login/?next="), path
    assert reader.get(path).status_code == 403
    assert reader.post(path).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES, ids=ids(ADDRESSES))
def test_another_sites_form_does_nothing(address: Address, letter: Letter) -> None:
    victim = Client(enforce_csrf_checks=True)
    victim.force_login(world.make_colleague("mina", role="admin"))
    answer = victim.post(address.path(), {"name": "x"}, headers={"origin": "https://evil.example"})
    is_without = bool(getattr(address.view, "csrf_exempt", False))
    is_api = address.route.startswith(API) and address.route not in API_PAGES
    assert is_without == (address.route in WITHOUT_FORM_TOKEN or is_api)
    if is_api:
        assert answer.status_code in (302, 401, 404, 405), address.route
    elif not is_without:
        assert answer.status_code == 403 or (answer.status_code == 405 and "GET" in answer.headers["Allow"])


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_address_leads_to_another_site(elsewhere: str, letter: Letter, editor: Client) -> None:
    query = dict.fromkeys(PARAMETERS, elsewhere)
    for client in (Client(), editor):
        for address in ADDRESSES:
            if address.route == "readyz":  # no worker ticks here
                continue
            answer = client.get(address.path(), query)
            target = urlsplit(answer.headers.get("Location", ""))
            assert (target.scheme, target.netloc) in {("", ""), ("http", "testserver")}, address.route
            assert not target.path.startswith(("//", "/\\")), address.route


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_logging_in_and_out_leads_to_the_desk(elsewhere: str) -> None:
    world.make_colleague("mina", password="a-long-password")
    client = Client()
    login = {"username": "mina", "password": "a-long-password", "next": elsewhere}
    for answer in (client.post("/desk/login/", login), client.post("/desk/logout/", {"next": elsewhere})):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/desk/")
