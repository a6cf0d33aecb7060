"""Every address of the desk, whatever is added, against every role: in all publications, in one, and in another one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from distributor.audience.models import MailingList
from distributor.delivery.models import Account, Dispatch
from distributor.domain.dispatch_actions import ROLES, Role, permits
from distributor.letters.models import Letter, Publication
from tests.attacks.addresses import Address
from tests.attacks.test_every_address import DESK
from tests.integration import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

FORBIDDEN, ABSENT = 403, 404

# What nobody may lower by mistake. All others say by their door what they ask for.
LEAST: dict[str, Role] = {
    "desk/": "writer",
    "desk/letters/write/": "writer",
    "desk/letters/<int:letter_id>/queue/": "writer",
    "desk/letters/<int:letter_id>/withdraw/": "editor",
    "desk/lists/": "editor",
    "desk/people/": "editor",
    "desk/people/<int:subscriber_id>/erase/": "editor",
    "desk/imports/": "editor",
    "desk/feeds/": "editor",
    "desk/accounts/": "manager",
    "desk/settings/": "manager",
    "desk/channel-settings/<slug:channel>/": "manager",
    "desk/editors/": "admin",
    "desk/editors/role/": "admin",
    "desk/editors/<int:editor_id>/<slug:action>/": "admin",
    "desk/settings/<slug:publication>/webhooks/": "admin",
    "desk/doors/new/": "admin",
}


@dataclass(frozen=True)
class House:
    """Two newsrooms of one installation: what there is belongs to the first."""

    lantern: Publication
    beacon: Publication


@pytest.fixture
def house(letter: Letter, post_channel: object) -> House:
    lantern = letter.publication
    world.connect(lantern, "scripted", "Lantern web")
    world.make_list(lantern, 2, "lantern-readers")
    world.queue(letter, "scripted")
    assert (Account.objects.count(), MailingList.objects.count(), Dispatch.objects.count()) == (1, 1, 1)
    beacon = Publication.objects.create(slug="beacon", name="The Beacon")
    return House(lantern, beacon)


def client_of(role: Role, publication: Publication | None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(
        world.make_colleague(f"{role}-of-{publication.slug if publication else 'all'}", role, publication)
    )
    return client


def least_of(address: Address) -> tuple[Role, bool]:
    """Return which role a view asks for, and whether in every publication."""
    return address.view.least_role, address.view.everywhere  # type: ignore[attr-defined]


def belongs_to_a_publication(address: Address) -> bool:
    return any(name == "publication" or name.endswith("_id") for name in address.places)


def path_of(address: Address, house: House) -> str:
    """Return an address about what belongs to the lantern."""
    path = f"/{address.route}"
    rows = {
        "letter_id": Letter.objects.get().pk, "dispatch_id": Dispatch.objects.get().pk,
        "account_id": Account.objects.get().pk, "list_id": MailingList.objects.get().pk,
    }  # fmt: skip
    for name, number in rows.items():
        path = path.replace(f"<int:{name}>", str(number))
    return Address(path[1:], address.view, address.places).path()


def test_every_view_says_for_whom_it_is() -> None:
    for address in DESK:
        assert least_of(address)[0] in ROLES, address.route
    for route, role in LEAST.items():
        (address,) = (address for address in DESK if address.route == route)
        assert least_of(address)[0] == role, route


@pytest.mark.parametrize("role", ROLES)
def test_a_role_in_all_publications_opens_what_asks_for_it_and_nothing_more(role: Role, house: House) -> None:
    client = client_of(role, None)
    for address in DESK:
        path = path_of(address, house)
        for answer in (client.get(path), client.post(path)):
            if not permits(role, least_of(address)[0]):
                assert answer.status_code == FORBIDDEN, path
            else:
                assert answer.status_code != FORBIDDEN or answer.wsgi_request.method == "POST", path
                assert answer.status_code < 500, path


@pytest.mark.parametrize("role", ROLES)
def test_a_role_in_another_publication_opens_nothing_of_this_one(role: Role, house: House) -> None:
    client = client_of(role, house.beacon)
    before = house_state()
    for address in DESK:
        path = path_of(address, house)
        least, everywhere = least_of(address)
        for answer in (client.get(path), client.post(path, {"publication": house.lantern.pk, "confirmed": "yes"})):
            assert answer.status_code < 500, path
            if everywhere or not permits(role, least):
                assert answer.status_code in (FORBIDDEN, ABSENT), path
            elif belongs_to_a_publication(address) or answer.wsgi_request.method == "POST":
                assert answer.status_code in (FORBIDDEN, ABSENT, 405), path
            else:
                assert b"Lantern" not in b"".join(answer), path
    assert house_state() == before


@pytest.mark.parametrize("role", ROLES)
def test_a_role_in_this_publication_counts_in_it(role: Role, house: House) -> None:
    client = client_of(role, house.lantern)
    for address in DESK:
        path = path_of(address, house)
        least, everywhere = least_of(address)
        answer = client.get(path)
        assert answer.status_code < 500, path
        refused = answer.status_code == FORBIDDEN
        assert refused == (everywhere or not permits(role, least)) or answer.status_code in (ABSENT, 405), path


def test_what_everybody_has_a_part_in_is_for_who_has_the_role_in_each(house: House) -> None:
    client = client_of("editor", house.lantern)
    assert client.get("/desk/people/").status_code == FORBIDDEN
    house.beacon.delete()
    assert client.get("/desk/people/").status_code == 200


def test_who_has_no_role_any_more_is_nobody(house: House) -> None:
    user = world.make_colleague("ida", "writer", house.beacon)
    client = Client()
    client.force_login(user)
    assert client.get("/desk/").status_code == 200
    house.beacon.delete()
    for address in DESK:
        assert client.get(path_of(address, house)).status_code == FORBIDDEN, address.route


def house_state() -> tuple[object, ...]:
    return (
        list(Letter.objects.values_list("pk", "title")),
        list(Dispatch.objects.values_list("pk", "state")),
        list(Account.objects.values_list("pk", "name")),
        list(MailingList.objects.values_list("pk", "name", "archived_at")),
    )
