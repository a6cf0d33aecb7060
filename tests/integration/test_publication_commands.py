"""`distributor publications show` and `edit`, as people type them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from distributor.letters.publication_settings import SETTINGS
from tests.conftest import SAMPLES
from tests.integration.commands import House, house


@pytest.fixture(scope="module")
def harbor() -> Iterator[House]:
    """A house with one publication."""
    with house() as made:
        made.fine("publications", "add", "Harbor Letters", "--slug", "harbor", "--share-bar", "mail,link")
        yield made


def values(shown: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {setting["name"]: setting["value"] for setting in shown["settings"]}


def test_every_setting_can_be_set_and_is_shown(harbor: House) -> None:
    given = {
        "name": "항구 편지",
        "language": "ko",
        "other-languages": "en, ja",
        "time-zone": "Asia/Seoul",
        "colour": "#1f6b3a",
        "logo": str(SAMPLES / "picture.png"),
        "text-font": "georgia",
        "heading-font": "arial",
        "sender-name": "등대",
        "sender-email": "letters@harbor.example",
        "reply-to": "desk@harbor.example",
        "postal-address": "속초시 부둣길 12",
        "warm-up-from": "2026-12-01",
        "share-bar": "facebook, kakao, mail, link",
        "hold-minutes": "15",
        "minutes-between-channels": "5",
        "quiet-from": "22:00",
        "quiet-until": "07:00",
        "stop-on-change": "yes",
        "four-eyes": "yes",
        "digests": "yes",
        "digest-hour": "7:00",
        "digest-weekday": "Friday",
    }
    assert given.keys() == SETTINGS.keys()
    before = values(harbor.fine("publications", "show", "harbor"))
    assert before.keys() == SETTINGS.keys()
    changed = harbor.fine("publications", "edit", "harbor", *(f"{name}={value}" for name, value in given.items()))
    assert values(changed).keys() == SETTINGS.keys()
    after = values(harbor.fine("publications", "show"))
    assert after.pop("logo").startswith("/harbor/logo-")
    assert after == {name: value for name, value in given.items() if name != "logo"}
    harbor.fine("publications", "edit", "harbor", *(f"{name}={before[name]}" for name in SETTINGS))
    assert values(harbor.fine("publications", "show")) == before


def test_people_read_a_table_and_what_has_changed(harbor: House) -> None:
    shown = harbor.run("publications", "show")
    assert shown.code == 0
    assert "no quiet hours" in shown.out
    assert "the sender email address" in shown.out
    changed = harbor.run("publications", "edit", "harbor", "postal-address=12 North Quay")
    assert "12 North Quay" in changed.out
    assert "quiet" not in changed.out
    again = harbor.run("publications", "edit", "harbor", "postal-address=12 North Quay")
    assert "Nothing has changed" in again.said


def test_mistakes_change_nothing(harbor: House) -> None:
    before = harbor.fine("publications", "show")

    def refused(*given: str) -> str:
        return harbor.refused("publications", "edit", "harbor", "name=Other", *given)

    assert refused("moon=full").startswith("There is no setting “moon”: choose from name, ")
    assert refused("time-zone=Mars/Base").startswith("Time zone: There is no time zone “Mars/Base”")
    assert refused("quiet-from=22:00").startswith("Quiet hours need both times")
    assert refused("logo=gone.png") == "“gone.png” can’t be read: No such file or directory."
    assert refused(f"logo={SAMPLES / 'letter-page.txt'}").startswith("Logo: The logo can’t be read")
    assert "write NAME=VALUE" in refused("postal-address")
    assert "no publication “nowhere”" in harbor.refused("publications", "edit", "nowhere", "name=Other")
    assert harbor.run("publications", "edit", "harbor").code == 2
    assert harbor.fine("publications", "show") == before
