"""What is asked of the made-up channel where it was added (see `test_adding_a_channel.py`, which starts this)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from django.test import Client

from distributor import paths
from distributor.channels import registry, share_bar
from distributor.channels.channel_table import markdown
from distributor.channels.folders import NAMES
from distributor.delivery.accounts import accounts
from distributor.delivery.variants.previews import previews
from distributor.domain.letters import Draft, LetterView
from distributor.letters.intake import parse
from tests.integration import world
from tests.servers.practice import practice_world
from tests.unit.rendering.letters import LETTER

NAME = "pigeon"
PAGE = """<html lang="en"><body><article><h1>What the tide leaves</h1>
<div class="share">{buttons}</div>
<p>Dear reader,</p>
<p>In the morning the beach is full of small things, and nobody has put them there. The tide has chosen them.</p>
</article></body></html>"""


@pytest.mark.parametrize(
    "button",
    [
        "<button>Pigeon Post share button</button>",
        '<button title="비둘기 공유">·</button>',
        '<a href="https://www.pigeon.example/share?text=x"><img src="/p.png"></a>',
        '<a href="#" class="btn-pgn"><i></i></a>',
        "<button onclick=\"shareTo('pigeon')\"></button>",
    ],
    ids=["label", "korean", "address", "class", "script"],
)
def test_intake_knows_its_buttons(button: str) -> None:
    (draft,) = parse(PAGE.format(buttons=f"{button}<button>Facebook share</button>").encode(), name="page.html")
    assert draft.share_bar == (NAME, "facebook")


def test_intake_tells_its_profiles_from_shares() -> None:
    profile = '<a href="https://pigeon.example/@tide">Pigeon</a> <a href="https://x.com/tide">X</a>'
    (draft,) = parse(
        PAGE.format(buttons="").replace("</article>", f"<p>{profile}</p></article>").encode(), name="p.html"
    )
    assert draft.share_bar == ()


def test_it_is_in_the_list_and_in_the_table() -> None:
    assert NAMES[NAMES.index("threads") + 1] == NAME
    assert markdown().count(f"[Pigeon Post](channels/{NAME}.md)") == 4


def test_it_is_composed_and_previewed() -> None:
    (preview,) = previews(LETTER, [NAME])
    assert preview.label == "Pigeon Post"
    assert not preview.refused
    assert preview.variant is not None
    assert preview.variant.parts[0].startswith(LETTER.title)
    assert f"{LETTER.url}?utm_source={NAME}&" in preview.variant.parts[0]
    assert len(preview.variant.parts[0]) <= 240


def test_a_mail_has_its_share_link(share: Callable[..., LetterView]) -> None:
    (link,) = share_bar.share_links(share(NAME))
    assert (link.name, link.label) == (NAME, "Pigeon Post")
    assert link.url.startswith("https://pigeon.example/share?text=A%20harbor")


@pytest.fixture
def share() -> Callable[..., LetterView]:
    return lambda *names: replace(LETTER, share_bar=names)


@pytest.fixture
def practice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[httpx.Client]:
    with practice_world(tmp_path) as card, httpx.Client(base_url=card["url"], trust_env=False) as http:
        monkeypatch.setattr(paths, "practice_description", lambda: tmp_path / "practice.json")
        yield http


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_queued_sent_and_shown_with_its_button(practice: httpx.Client, client: Client) -> None:
    publication = world.make_publication()
    values = {"access_token": "practice-pigeon-token"}
    accounts.connect(publication, NAME, "Our pigeon", values, practice=True)
    text = "In the morning the beach is full of small things."
    draft = Draft("https://tide.example/1", "What the tide leaves", f"<p>{text}</p>", text, share_bar=(NAME, "link"))
    letter = world.make_letter(draft, publication)
    dispatches = world.queue(letter, "link", NAME)
    world.work(*dispatches)
    world.work(*dispatches)  # a post waits until the page is there
    assert {dispatch.channel: dispatch.state for dispatch in dispatches} == {"link": "sent", NAME: "sent"}
    (note,) = practice.get("/api/posts", params={"channel": NAME}).json()["posts"]
    assert note["text"].startswith("What the tide leaves")
    html = client.get(f"/lantern/letters/{letter.slug}/").content.decode()
    assert (
        'class="share-pigeon" href="https://pigeon.example/share?text=What%20the%20tide%20leaves&amp;link=http' in html
    )
    assert "Pigeon Post share button" in html
    assert 'd="M4 14c5 0 7-2 8-6l3-3 5 3-3 2c0 6-4 9-9 9H4z"' in html


def test_everything_asks_the_registry() -> None:
    assert registry.get(NAME).name == NAME
