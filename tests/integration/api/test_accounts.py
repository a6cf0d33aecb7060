"""Accounts, digests and channel settings by the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from distributor.channels.connect_flow import ConnectRefused
from distributor.delivery.models import Account, Digest
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of
from tests.integration.conftest import ScriptedChannel

pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def account(publication: Publication, post_channel: ScriptedChannel) -> Account:
    world.connect(publication, post_channel.name)
    return Account.objects.get()


def test_accounts_are_told_without_their_keys(cms: Program, account: Account) -> None:
    answer = cms.get("/accounts", channel="scripted")
    (row,) = items_of(answer)
    assert (row["id"], row["name"], row["health"]["level"]) == (account.pk, "main", "good")
    assert b"t-secret" not in answer.content
    assert items_of(cms.get("/accounts", channel="mail")) == []


def test_an_account_that_needs_somebody_says_so(cms: Program, account: Account) -> None:
    Account.objects.update(ends_at=timezone.now() + timedelta(days=2, hours=1))
    health = content_of(cms.get(f"/accounts/{account.pk}"))["health"]
    assert (health["level"], health["remedy"], "in 2 days" in health["sentence"]) == ("care", "reconnect", True)


def test_its_network_can_be_asked(
    cms: Program, account: Account, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert content_of(cms.post(f"/accounts/{account.pk}/check")) == {"name": "Scripted"}

    def refuse(_: object) -> None:
        raise ConnectRefused("That key has been revoked.")

    monkeypatch.setattr(post_channel, "identify", refuse)
    answer = cms.post(f"/accounts/{account.pk}/check")
    assert (answer.status_code, content_of(answer)["detail"]) == (422, "That key has been revoked.")


def test_a_token_of_one_publication_sees_its_own(
    program: Callable[..., Program], account: Account, publication: Publication
) -> None:
    assert len(items_of(program(of=publication).get("/accounts"))) == 1
    stranger = program(of=world.make_publication("beacon"))
    assert items_of(stranger.get("/accounts")) == []
    assert stranger.get(f"/accounts/{account.pk}").status_code == 404
    assert stranger.post(f"/accounts/{account.pk}/check").status_code == 404
    for path in ("digests", "digests/runs", "channels", "channels/mail", "top"):
        assert stranger.get(f"/publications/lantern/{path}").status_code == 404


def test_digests_are_switched(cms: Program, publication: Publication) -> None:
    path = "/publications/lantern/digests"
    before = cms.get(path)
    assert content_of(before)["on"] is False
    answer = cms.put(path, {"on": True, "hour": 7, "weekday": "friday"})
    assert answer.status_code == 200, answer.content
    publication.refresh_from_db()
    assert (publication.digest_hour, publication.digest_weekday) == (7, 4)
    assert content_of(answer)["since"] is not None
    stale = cms.ask("PUT", path, {"on": False}, {"If-Match": before.headers["ETag"]})
    assert stale.status_code == 412
    assert content_of(cms.put(path, {"on": False}))["since"] is None
    assert cms.put(path, {"on": True, "weekday": "someday"}).status_code == 422


def test_runs_of_digests_come_in_pages(cms: Program, publication: Publication) -> None:
    today = timezone.now().date()
    for back in range(3):
        day = today - timedelta(days=back)
        Digest.objects.create(publication=publication, cadence="daily", zone="", day=day, cutoff=timezone.now())
    first = cms.get("/publications/lantern/digests/runs", limit=2)
    assert [row["state"] for row in items_of(first)] == ["nothing new"] * 2
    rest = items_of(cms.get("/publications/lantern/digests/runs", limit=2, cursor=content_of(first)["next"]))
    assert [row["day"] for row in rest] == [today.isoformat()]


def test_channel_settings_are_read_and_changed(cms: Program, publication: Publication) -> None:
    listed = {row["channel"]: row for row in content_of(cms.get("/publications/lantern/channels"))}
    assert {"mail", "twitter", "link"} <= set(listed)
    path = "/publications/lantern/channels/twitter"
    answer = cms.patch(path, {"settings": {"thread": "yes"}})
    values = {setting["name"]: setting["value"] for setting in content_of(answer)["settings"]}
    assert values["thread"] == "yes"
    publication.refresh_from_db()
    assert publication.channel_options["twitter"] == {"thread": True}
    back = cms.patch(path, {"settings": {"thread": ""}}, if_match=cms.get(path).headers["ETag"])
    assert {setting["name"]: setting["value"] for setting in content_of(back)["settings"]}["thread"] == "no"


def test_a_channel_setting_that_cannot_be_used_changes_nothing(cms: Program, publication: Publication) -> None:
    for path, settings, status in (
        ("twitter", {"thread": "perhaps"}, 422),
        ("twitter", {"colour": "blue"}, 422),
        ("twitter", {"thread": "\0"}, 422),
        ("telepathy", {"thread": "yes"}, 404),
    ):
        answer = cms.patch(f"/publications/lantern/channels/{path}", {"settings": settings})
        assert answer.status_code == status, answer.content
    publication.refresh_from_db()
    assert publication.channel_options == {}
