"""The practice world itself: where it says it is, what its pages show, how it misbehaves and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from distributor.channels.kakao.payload import Template
from distributor.channels.mail.adapter import MailChannel
from distributor.channels.twitter.adapter import TwitterChannel
from distributor.domain.variants import Variant
from distributor.practice import identities
from distributor.practice.networks import BY_CHANNEL
from tests.contract.cases.mail import mail_of
from tests.contract.cases.spec import LINK
from tests.contract.conftest import World, new_intent, practice_account, reader
from tests.patience import PATIENCE
from tests.servers.practice import practice_world

PAGES = ("/", "/mail", "/faults", *(f"/{channel}" for channel in BY_CHANNEL))


def fill(world: World) -> None:
    with MailChannel().open(practice_account(world, "mail"), mail_of("Dear <b>reader</b>"), new_intent()) as session:
        assert list(session.deliver([reader("kim"), reader("lee")]))
    thread = Variant("twitter", parts=("<script>alert(1)</script> & 바다", f"More: {LINK}"))
    TwitterChannel().send(practice_account(world, "twitter"), thread, new_intent())


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("filled", [False, True])
def test_every_page_says_that_nothing_is_real(page: str, filled: bool, world: World) -> None:
    if filled:
        fill(world)
        world.fault("mail", "slow")
    answer = world.http.get(page)
    assert answer.status_code == 200
    assert "<strong>Practice world</strong> — nothing here is real" in answer.text
    assert "<script" not in answer.text
    assert 'src="http' not in answer.text
    world.http.delete("/api/faults")


def test_a_mail_is_shown_as_it_arrived(world: World) -> None:
    fill(world)
    [mail] = world.mails("kim")
    assert "A letter" in world.http.get("/mail?recipient=kim").text
    assert "lee@example.org" not in world.http.get("/mail?recipient=kim").text
    page = world.http.get(f"/mail/{mail['id']}")
    assert 'sandbox="allow-popups"' in page.text
    html = world.http.get(f"/mail/{mail['id']}/html")
    assert html.text.strip() == "<p>Dear <b>reader</b></p>"
    assert "default-src 'none'" in html.headers["content-security-policy"]
    assert "Dear &lt;b&gt;reader" in world.http.get(f"/mail/{mail['id']}?view=text").text
    assert "List-Unsubscribe-Post" in world.http.get(f"/mail/{mail['id']}?view=headers").text
    assert "quoted-printable" in world.http.get(f"/mail/{mail['id']}?view=raw").text
    assert world.http.get("/mail/999999").status_code == 404
    assert world.http.get("/api/mail/999999").status_code == 404


def test_posts_are_shown_as_followers_see_them(world: World) -> None:
    fill(world)
    page = world.http.get("/twitter").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; 바다" in page
    assert f'href="{LINK}"' in page
    assert "2/2" in page


def test_counts_and_forgetting(world: World) -> None:
    fill(world)
    nothing = dict.fromkeys(BY_CHANNEL, 0)
    assert world.http.get("/api/counts").json() == {**nothing, "mail": 2, "recipients": 2, "twitter": 2}
    assert world.http.post("/clear").status_code == 303
    assert set(world.http.get("/api/counts").json().values()) == {0}


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"channel": "mail"},
        {"channel": "telepathy", "fault": "429"},
        {"channel": "mail", "fault": "bored"},
        {"channel": "mail", "fault": "429", "times": 0},
        {"channel": "mail", "fault": "slow", "seconds": 9999},
        [],
    ],
)
def test_a_fault_that_does_not_exist_is_explained(payload: object, world: World) -> None:
    answer = world.http.post("/faults", json=payload)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert world.http.get("/api/faults").json() == {"faults": []}


def test_faults_come_by_the_page_and_go(world: World) -> None:
    assert world.http.post("/faults", data={"channel": "kakao", "fault": "429"}).status_code == 303
    assert world.http.get("/api/faults").json()["faults"][0]["channel"] == "kakao"
    world.http.post("/faults", data={"channel": "kakao", "fault": "none"})
    assert world.http.get("/api/faults").json() == {"faults": []}


@pytest.mark.parametrize(
    "path", ["/twitter/2/tweets", "/kakao/v2/api/talk/memo/default/send", "/facebook/v24.0/me/feed"]
)
def test_dropping_a_connection_gives_no_answer_at_all(path: str, world: World) -> None:
    world.fault(path.split("/")[1], "drop-before")
    with pytest.raises(httpx.TransportError):
        world.http.post(path, content=b"{}")
    assert world.http.get("/api/counts").status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/facebook/100/feed", 400, 2500),
        ("/facebook/newest/100/feed", 400, 2500),
        ("/facebook/v24.0/100/feed", 400, 104),
    ],
)
def test_graph_wants_a_version_and_a_token(path: str, status: int, code: int, world: World) -> None:
    answer = world.http.post(path, data={"message": "x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_kakaos_error_bodies(world: World) -> None:
    message = {"template_object": Template.of_text("x", "https://letters.example.org").body()}
    answer = world.http.post("/kakao/v2/api/talk/memo/default/send", data=message)
    assert (answer.status_code, answer.json()) == (401, {"msg": "this access token does not exist", "code": -401})


def test_its_state_outlives_it_and_only_one_runs(tmp_path: Path) -> None:
    with practice_world(tmp_path) as card:
        endpoint = card["endpoints"]["twitter"]
        headers = {"Authorization": f"Bearer {identities.X_TOKEN}"}
        with httpx.Client(trust_env=False) as http:
            http.post(f"{endpoint}/2/tweets", json={"text": "still here"}, headers=headers).raise_for_status()
        second = subprocess.run(
            [sys.executable, "-m", "distributor.practice"],
            env={**os.environ, "DISTRIBUTOR_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert second.returncode == 2
        assert "already running" in second.stderr
        assert (tmp_path / "practice.json").exists()
    with practice_world(tmp_path) as card, httpx.Client(trust_env=False) as http:
        assert http.get(f"{card['url']}/api/posts?channel=twitter").json()["posts"][0]["text"] == "still here"


def test_a_port_that_is_taken_is_said(world: World, tmp_path: Path) -> None:
    port = world.url.rpartition(":")[2]
    taken = subprocess.run(
        [sys.executable, "-m", "distributor.practice", "--http-port", port],
        env={**os.environ, "DISTRIBUTOR_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert taken.returncode == 2
    assert taken.stderr.count("\n") == 1
    assert not (tmp_path / "practice.json").exists()
