"""What is particular to LinkedIn: its text format, cards and pictures, members and pages, signing in, codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from distributor.channels.base import Credentials, LookupAway, Options
from distributor.channels.connect_flow import (
    AppKeys,
    AuthorisationEnded,
    ConnectRefused,
    Identity,
    NetworkAway,
)
from distributor.channels.linkedin.adapter import LinkedInChannel
from distributor.channels.linkedin.connect import MEMBER_SCOPES, LinkedInConnectFlow, LinkedInTokenRenewal
from distributor.domain.letters import AuthorView, SeriesView
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Picture, Variant
from distributor.practice.linkedin import members
from distributor.practice.networks import APPS
from tests.contract.cases.spec import LINK, posting
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.scripted_http import Answer, answering
from tests.contract.support.letters import saying

REDIRECT = "http://desk.example/connected/"
LETTER = replace(
    saying("Dear reader, #tides and *small* things."),
    title="What the tide (really) leaves behind",
    series=SeriesView("Letters from the shore", 7),
    authors=(AuthorView("Minji Kim"),),
)


def account_of(world: World, **values: str) -> Credentials:
    account = practice_account(world, "linkedin")
    return Credentials(1, account.name, {**account.values, **values}, account.endpoint)


def send(credentials: Credentials, variant: Variant, *, attempt: int = 1) -> Outcome:
    return LinkedInChannel().send(credentials, variant, new_intent(attempt=attempt))


def member_of(world: World, **values: str) -> Credentials:
    return account_of(world, author=members.MEMBER, **values)


hello = posting("linkedin")


# Text, cards, pictures


def test_a_letter_arrives_with_its_card(world: World) -> None:
    variant = LinkedInChannel().compose(LETTER, Options())
    outcome = send(account_of(world), variant)
    assert isinstance(outcome, Accepted)
    [post] = world.posts("linkedin")
    assert post["text"] == variant.parts[0]
    assert post["text"].splitlines()[0] == LETTER.title
    assert "Letters from the shore" in post["text"]
    assert LINK not in post["text"]
    assert post["link"] == LINK
    assert post["data"]["card"]["title"] == LETTER.title
    assert post["data"]["card"]["description"] == LETTER.body_text
    assert r"{hashtag|\#|tides} and \*small\*" in post["data"]["commentary"]
    [picture] = post["data"]["pictures"]
    assert world.http.get(f"/files/{picture['file']}").headers["content-type"] == "image/png"
    assert outcome.receipt.remote_id == post["id"]
    assert outcome.receipt.url == f"{account_of(world).endpoint}#post-{post['id']}"


def test_a_picture_by_itself_has_the_link_in_the_text_and_says_what_it_shows(world: World) -> None:
    variant = LinkedInChannel().compose(LETTER, Options(more={"show": "picture"}))
    assert isinstance(send(account_of(world), variant), Accepted)
    [post] = world.posts("linkedin")
    assert post["text"].endswith(f"\n{LINK}")
    assert post["link"] == ""
    assert [one["alt"] for one in post["data"]["pictures"]] == [LETTER.title]
    assert "card" not in post["data"]


def test_without_a_picture_nothing_is_uploaded(world: World) -> None:
    for options in (Options(picture="none"), Options(picture="none", more={"show": "picture"})):
        variant = LinkedInChannel().compose(replace(LETTER, title=str(options)), options)
        assert isinstance(send(account_of(world), variant), Accepted)
    assert [post["data"].get("pictures") for post in world.posts("linkedin")] == [None, []]


def test_a_long_letter_is_cut_and_says_so() -> None:
    long = replace(LETTER, body_text="The harbor (#listens) to its tide tables_. " * 200)
    variant = LinkedInChannel().compose(long, Options(more={"show": "picture"}))
    assert variant.length <= 3_000
    assert variant.parts[0].endswith(LINK)
    assert "too long" in variant.dropped[0]
    assert LinkedInChannel().check(variant) == ()


@pytest.mark.parametrize(("text", "fits"), [("a" * 3_000, True), ("(" * 3_000, True), ("🌊" * 1_501, False)])
def test_the_judge_counts_what_readers_see(text: str, fits: bool, world: World) -> None:
    outcome = send(account_of(world), hello(text))
    assert isinstance(outcome, Accepted) == fits
    if not fits:
        assert isinstance(outcome, Rejected)
        assert (outcome.code, outcome.remedy) == ("FIELD_LENGTH_TOO_LONG", "shorten")


def test_the_judge_cuts_what_is_not_escaped(world: World) -> None:
    """So that the other tests would notice."""
    account = account_of(world)
    headers = {
        "Authorization": f"Bearer {members.TOKEN}",
        "LinkedIn-Version": account.values["api_version"],
        "X-Restli-Protocol-Version": "2.0.0",
    }
    payload = {"author": members.PAGE, "commentary": "What (really) happened", "visibility": "PUBLIC"}
    payload |= {"distribution": {"feedDistribution": "MAIN_FEED"}, "lifecycleState": "PUBLISHED"}  # type: ignore[dict-item]
    world.http.post("/linkedin/rest/posts", json=payload, headers=headers).raise_for_status()
    assert world.posts("linkedin")[0]["text"] == "What "


# Pages and members


def test_who_sees_a_post_is_a_members_choice(world: World) -> None:
    linkedin = LinkedInChannel()
    variant = linkedin.compose(LETTER, Options(picture="none", more={"visibility": "CONNECTIONS"}))
    assert "connections" in linkedin.check(variant)[0].message
    assert linkedin.check_account(member_of(world), variant) == ()
    assert "everybody only" in linkedin.check_account(account_of(world), variant)[0].message
    assert isinstance(send(account_of(world), variant), Rejected)
    assert world.posts("linkedin") == []
    assert isinstance(send(member_of(world), variant), Accepted)
    assert world.posts("linkedin")[0]["data"]["visibility"] == "CONNECTIONS"


@pytest.mark.parametrize(
    ("author", "scopes", "looks"),
    [
        (members.PAGE, "", True),
        (members.PAGE, "w_organization_social r_organization_social", True),
        (members.PAGE, "w_organization_social", False),
        (members.MEMBER, "", False),
        (members.MEMBER, MEMBER_SCOPES, False),
        (members.MEMBER, f"{MEMBER_SCOPES} r_member_social", True),
    ],
)
def test_only_some_accounts_can_be_looked_through(author: str, scopes: str, looks: bool) -> None:
    account = Credentials(1, "x", {"author": author, "scopes": scopes})
    assert LinkedInChannel().can_look(account) == looks


def test_a_members_lost_post_stays_for_a_person_and_is_not_doubled(world: World) -> None:
    linkedin, account, intent = LinkedInChannel(), member_of(world), new_intent()
    world.fault("linkedin", "drop-after-accept")
    assert isinstance(linkedin.send(account, hello("Hello"), intent), Unconfirmed)
    assert linkedin.find_existing(account, intent, hello("Hello")) is None
    again = linkedin.send(account, hello("Hello"), replace(intent, attempt=2))
    assert isinstance(again, Unconfirmed)  # LinkedIn has these words, and whose they are can't be seen
    assert "account’s posts" in again.reason
    assert isinstance(linkedin.send(account, hello("Hello"), new_intent()), Rejected)
    assert len(world.posts("linkedin")) == 1


def test_a_post_is_found_among_many(world: World) -> None:
    linkedin, account, intent = LinkedInChannel(), account_of(world), new_intent()
    first = linkedin.send(account, hello("The (first) #one of [many]"), intent)
    for number in range(120):
        assert isinstance(linkedin.send(account, hello(f"filler {number}"), new_intent()), Accepted)
    found = linkedin.find_existing(account, intent, hello("The (first) #one of [many]"))
    assert found is not None
    assert isinstance(first, Accepted)
    assert found.remote_id == first.receipt.remote_id
    much_later = new_intent(at=datetime.now(UTC) + timedelta(minutes=10))
    assert linkedin.find_existing(account, much_later, hello("The (first) #one of [many]")) is None


def test_every_account_has_posts_and_limits_of_its_own(world: World) -> None:
    second = account_of(world, access_token=f"{members.TOKEN}-2")
    for account in (account_of(world), second):
        assert isinstance(send(account, hello("The same words")), Accepted)
    ids = [post["id"] for post in world.posts("linkedin")]
    assert len(set(ids)) == 2
    assert isinstance(LinkedInChannel().recall(second, hello(""), Receipt(ids[1])), Reconnect)  # another's
    assert isinstance(LinkedInChannel().recall(second, hello(""), Receipt(ids[0])), Accepted)


def test_the_days_limit_ends_at_midnight_utc(world: World) -> None:
    account = account_of(world)
    for number in range(150):
        assert isinstance(send(account, hello(f"filler {number}")), Accepted)
    now = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    outcome = LinkedInChannel(clock=lambda: now).send(account, hello("One more"), new_intent())
    assert isinstance(outcome, Deferred)
    assert outcome.whole_account
    assert outcome.retry_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert isinstance(send(account_of(world, access_token=f"{members.TOKEN}-2"), hello("One more")), Accepted)


def test_what_was_posted_can_be_taken_back_and_twice(world: World) -> None:
    linkedin, account = LinkedInChannel(), account_of(world)
    outcome = send(account, hello("Hello"))
    assert isinstance(outcome, Accepted)
    for _ in range(2):
        assert isinstance(linkedin.recall(account, hello("Hello"), outcome.receipt), Accepted)
        assert world.posts("linkedin") == []
    with answering(Answer(500)) as script:
        away = Credentials(1, "x", account.values, script.url)
        assert isinstance(linkedin.recall(away, hello("Hello"), outcome.receipt), Deferred)
    assert isinstance(linkedin.recall(away, hello("Hello"), outcome.receipt), Deferred)  # nobody listens there now
    assert isinstance(linkedin.recall(account_of(world, author=""), hello(""), outcome.receipt), Reconnect)


# Versions, and accounts of the wrong shape


@pytest.mark.parametrize("version", ["202001", "209901"])
def test_a_version_that_has_ended_is_named_as_the_cause(version: str, world: World) -> None:
    outcome = send(account_of(world, api_version=version), hello("Hello"))
    assert isinstance(outcome, Reconnect)
    assert not outcome.expired
    assert outcome.code == "NONEXISTENT_VERSION"
    assert "version" in outcome.reason
    with pytest.raises(ConnectRefused, match="version"):
        LinkedInChannel().identify(account_of(world, api_version=version))


@pytest.mark.parametrize(
    "values",
    [{"author": "Kim"}, {"author": "urn:li:organization:1/../2"}, {"api_version": ""}, {"api_version": "v24.0"}],
)
def test_an_account_of_the_wrong_shape_asks_for_another(values: dict[str, str], world: World) -> None:
    outcome = send(account_of(world, **values), hello("Hello"))
    assert isinstance(outcome, Reconnect)
    with pytest.raises(ConnectRefused):
        LinkedInChannel().identify(account_of(world, **values))


def test_it_says_whose_account_it_is(world: World) -> None:
    linkedin = LinkedInChannel()
    page = linkedin.identify(account_of(world))
    assert (page.remote_id, page.name, page.kind) == (members.PAGE, "The Practice Letters", "organisation")
    assert page.url == "https://www.linkedin.com/company/the-practice-letters/"
    member = linkedin.identify(member_of(world))
    assert (member.remote_id, member.name, member.kind) == (members.MEMBER, "Minji Kim", "")
    with pytest.raises(ConnectRefused, match="belongs to Minji Kim"):
        linkedin.identify(account_of(world, author="urn:li:person:another"))
    with pytest.raises(ConnectRefused, match="token"):
        linkedin.identify(account_of(world, access_token="wrong"))
    with answering(Answer(503)) as script, pytest.raises(NetworkAway):
        linkedin.identify(Credentials(1, "x", account_of(world).values, script.url))


# Signing in


def app_of(world: World, **values: str) -> AppKeys:
    return AppKeys({**APPS["linkedin"], **values}, world.endpoints["linkedin"])


def members_app(world: World) -> AppKeys:
    return app_of(world, client_id=members.MEMBERS_APP, scopes="")


def consent(app: AppKeys, answer: str = "allow") -> Mapping[str, str]:
    """Go where the editor is sent, press a button there, and return the query with which they come back."""
    redirect = LinkedInConnectFlow().begin(app, redirect_uri=REDIRECT, state="the-state", answers={})
    back = httpx.post(redirect.url, data={"answer": answer}, trust_env=False).headers["location"]
    assert back.startswith(REDIRECT)
    return dict(parse_qsl(urlsplit(back).query))


def connected(app: AppKeys) -> tuple[Identity, ...]:
    query = consent(app)
    assert query["state"] == "the-state"
    return LinkedInConnectFlow().finish(app, redirect_uri=REDIRECT, keep={}, query=query)


def test_an_app_for_pages_connects_the_member_and_every_page(world: World) -> None:
    found = connected(app_of(world))
    assert [(one.remote_id, one.name, one.kind) for one in found] == [
        (members.MEMBER, "Minji Kim", ""),
        (members.PAGE, "The Practice Letters", "organisation"),
        ("urn:li:organization:2414184", "The Evening Letters", "organisation"),
    ]
    for one in found:
        account = Credentials(1, one.name, one.values, world.endpoints["linkedin"])
        assert isinstance(send(account, hello(f"From {one.name}")), Accepted)
        assert one.expires_at is not None
        assert one.ends_at is not None
        assert timedelta(days=59) < one.expires_at - datetime.now(UTC) <= timedelta(days=60)
        assert timedelta(days=364) < one.ends_at - datetime.now(UTC) <= timedelta(days=365)
        assert LinkedInChannel().can_look(account) == bool(one.kind)
        assert LinkedInChannel().identify(account).name == one.name
    assert repr(found[0]).count(found[0].values["access_token"]) == 0


def test_tokens_are_renewed_and_go_over_to_the_apps_version(world: World) -> None:
    page = connected(app_of(world))[1]
    account = Credentials(1, "x", {**page.values, "api_version": "202001"}, world.endpoints["linkedin"])
    renewed = LinkedInTokenRenewal().renew(app_of(world), account)
    assert renewed.values["access_token"] != page.values["access_token"]
    assert renewed.values["refresh_token"] == page.values["refresh_token"]
    assert renewed.values["api_version"] == APPS["linkedin"]["api_version"]
    assert renewed.values["author"] == members.PAGE
    assert renewed.ends_at is not None
    assert page.ends_at is not None
    assert renewed.ends_at <= page.ends_at + timedelta(seconds=2)  # it does not move
    fresh = Credentials(1, "x", renewed.values, world.endpoints["linkedin"])
    assert isinstance(send(fresh, hello("Hello")), Accepted)
    wrong = Credentials(1, "x", {**page.values, "refresh_token": "wrong"}, world.endpoints["linkedin"])
    with pytest.raises(AuthorisationEnded):
        LinkedInTokenRenewal().renew(app_of(world), wrong)


def test_an_app_for_members_has_no_refresh_token_and_ends_with_its_token(world: World) -> None:
    [member] = connected(members_app(world))
    assert (member.remote_id, member.name) == (members.MEMBER, "Minji Kim")
    assert member.ends_at == member.expires_at
    assert member.ends_at is not None
    account = Credentials(1, "x", member.values, world.endpoints["linkedin"])
    assert isinstance(send(account, hello("Hello")), Accepted)
    assert isinstance(send(replace_author(account), hello("Not mine")), Reconnect)
    with pytest.raises(AuthorisationEnded):
        LinkedInTokenRenewal().renew(members_app(world), account)


def replace_author(credentials: Credentials) -> Credentials:
    return Credentials(1, "x", {**credentials.values, "author": members.PAGE}, credentials.endpoint)


def test_what_keeps_an_account_from_being_connected_is_said(world: World) -> None:
    connecting, app = LinkedInConnectFlow(), app_of(world)
    refused = [
        (app, consent(app, "deny"), "Allow"),
        (app, {"code": "made-up"}, "unknown, used or too old"),
        (app_of(world, client_secret="wrong"), {"code": "x"}, "Client authentication failed"),
        (app_of(world, api_version=""), {"code": "x"}, "API version"),
        (app_of(world, scopes="openid profile"), {"error": "unauthorized_scope_error"}, "unauthorized_scope_error"),
    ]
    for keys, query, why in refused:
        with pytest.raises(ConnectRefused, match=why) as error:
            connecting.finish(keys, redirect_uri=REDIRECT, keep={}, query=query)
        assert members.APP_SECRET not in str(error.value)
    foreign = replace(members_app(world), values={**members_app(world).values, "scopes": "w_organization_social"})
    assert "not authorized" in consent(foreign)["error_description"]
    nothing = app_of(world, scopes="r_basicprofile")
    with pytest.raises(ConnectRefused, match="nothing to post with"):
        connected(nothing)


# Answers that the practice world never gives


def ask(*answers: Answer, picture: bool = False, **values: str) -> tuple[Outcome, list[str]]:
    known = {"author": members.PAGE, "access_token": "the-token", "api_version": "202610", **values}
    variant = replace(hello("Hello"), picture=Picture("A tide", card={"title": "Hello"}) if picture else None)
    with answering(*answers) as script:
        return send(Credentials(1, "x", known, script.url), variant), [
            f"{call.method} {call.path}" for call in script.calls
        ]


def error(status: int, code: str = "", number: int = 0, **more: Any) -> Answer:
    return Answer(status, {"status": status, "code": code, "serviceErrorCode": number, "message": "Something", **more})


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(401, "INVALID_ACCESS_TOKEN", 65600), Reconnect),
        (error(401, "REVOKED_ACCESS_TOKEN", 65601), Reconnect),
        (error(403, "ACCESS_DENIED", 100), Reconnect),
        (error(426, "NONEXISTENT_VERSION"), Reconnect),
        (error(400, "VERSION_MISSING"), Reconnect),
        (error(426), Reconnect),
        (error(400, "MEDIA_ASSET_WAITING_UPLOAD"), Deferred),
        (error(400, "INVALID_URN_TYPE"), Rejected),
        (error(404, "NOT_FOUND"), Rejected),
        (error(422), Rejected),
        (error(429), Deferred),
        (error(500, "INTERNAL_SERVER_ERROR"), Unconfirmed),
        (error(503), Unconfirmed),
        (error(504), Unconfirmed),
        (Answer(302, "", {"Location": "https://example.org/"}), Unconfirmed),
        (Answer(201, {}), Unconfirmed),
        (Answer(201, {"id": "urn:li:share:1"}), Unconfirmed),  # the id comes in the header only
        (Answer(201, "", {"x-restli-id": "<script>"}), Unconfirmed),
        (Answer(201, "", {"x-restli-id": "urn:li:ugcPost:71"}), Accepted),
    ],
)
def test_linkedins_codes(answer: Answer, kind: type) -> None:
    outcome, _ = ask(answer)
    assert type(outcome) is kind, outcome


@pytest.mark.parametrize("body", ["", "<html>busy</html>", "[]", "null", "{}", '{"errorDetails": 3}', "\ufeff{"])
@pytest.mark.parametrize("status", [200, 201, 400, 500])
def test_an_answer_that_makes_no_sense_is_an_outcome_too(body: str, status: int) -> None:
    outcome, _ = ask(Answer(status, body))
    assert isinstance(outcome, Rejected if status == 400 else Unconfirmed)


def test_an_expired_token_is_renewed_only_where_it_can_be() -> None:
    expired = error(401, "EXPIRED_ACCESS_TOKEN", 65602)
    for outcome, can in ((ask(expired)[0], False), (ask(expired, refresh_token="the-refresh")[0], True)):
        assert isinstance(outcome, Reconnect)
        assert outcome.expired == can
    revoked, _ = ask(error(401, "REVOKED_ACCESS_TOKEN", 65601), refresh_token="the-refresh")
    assert isinstance(revoked, Reconnect)
    assert not revoked.expired


@pytest.mark.parametrize("wait", ["0", "9999999999999999999", "0000000120000000000000", "soon", "-1"])
def test_a_wait_that_is_none_is_the_days_end(wait: str) -> None:
    outcome, _ = ask(Answer(429, {"status": 429}, {"Retry-After": wait}))
    assert isinstance(outcome, Deferred)
    assert outcome.retry_at is not None
    assert timedelta(0) < outcome.retry_at - datetime.now(UTC) <= timedelta(days=1)


def test_a_post_is_found_in_linkedins_own_words() -> None:
    linkedin, intent = LinkedInChannel(), new_intent()
    values = {"author": members.PAGE, "access_token": "the-token", "api_version": "202610"}
    given = "What \\(really\\) happened \n {hashtag|\\#|tide}  https://lnkd.in/abc"
    element = {"id": "urn:li:share:9", "commentary": given, "createdAt": int(intent.first_tried_at.timestamp() * 1000)}
    with answering(
        Answer(200, {"elements": [{**element, "id": "urn:li:share:8", "commentary": "Other"}, element]})
    ) as s:
        account = Credentials(1, "x", values, s.url)
        found = linkedin.find_existing(account, intent, hello(f"What (really) happened\n\n#tide {LINK}"))
        assert found is not None
        assert found.remote_id == "urn:li:share:9"
        assert linkedin.find_existing(account, intent, hello(f"What happened #tide {LINK}")) is None


def test_a_listing_that_makes_no_sense_finds_nothing_or_says_so() -> None:
    linkedin, intent = LinkedInChannel(), new_intent()
    values = {"author": members.PAGE, "access_token": "the-token", "api_version": "202610"}
    bodies: tuple[dict[str, Any], ...] = (
        {"elements": [{"id": "urn:li:share:1", "createdAt": 10**30}, {"id": 3}, {}, 7]},
        {"elements": []},
    )
    for body in bodies:
        with answering(Answer(200, body)) as script:
            assert linkedin.find_existing(Credentials(1, "x", values, script.url), intent, hello("Hello")) is None
    for answer in (Answer(200, {}), Answer(200, "<html>"), Answer(200, {"elements": "none"}), Answer(403, {})):
        with answering(answer) as script, pytest.raises(LookupAway):
            linkedin.find_existing(Credentials(1, "x", values, script.url), intent, hello("Hello"))


def test_a_wait_that_is_named_is_kept() -> None:
    outcome, _ = ask(Answer(429, {"status": 429}, {"Retry-After": "120"}))
    assert isinstance(outcome, Deferred)
    assert outcome.retry_at is not None
    assert timedelta(seconds=110) < outcome.retry_at - datetime.now(UTC) <= timedelta(seconds=120)


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Rejected), (401, Reconnect), (403, Reconnect), (429, Deferred), (500, Deferred)]
)
def test_a_picture_that_fails_means_that_nothing_was_posted(status: int, kind: type) -> None:
    outcome, asked = ask(error(status), picture=True)
    assert type(outcome) is kind
    assert asked == ["POST /rest/images?action=initializeUpload"]
    if kind is not Reconnect and status != 429:
        assert "nothing was posted" in outcome.reason  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("place", "taken"),
    [
        ("https://www.linkedin.com/dms-uploads/1", True),
        ("https://linkedin.com/1", True),
        ("https://evil.example/1", False),
        ("http://www.linkedin.com/1", False),
        ("https://linkedin.com.evil.example/1", False),
        ("https://evillinkedin.com/1", False),
        ("https://www.linkedin.com@evil.example/1", False),
        ("https://[", False),
        ("https://www.linkedin.com:x/1", False),
        ("", False),
    ],
)
def test_the_token_goes_to_linkedin_only(place: str, taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of an upload comes from an answer."""
    asked: list[str] = []

    def answer(self: object, request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url}")
        found = {"value": {"uploadUrl": place, "image": "urn:li:image:1"}}
        return httpx.Response(201, json=found, headers={"x-restli-id": "urn:li:share:1"})

    monkeypatch.setattr("distributor.channels.http.GuardedTransport.handle_request", answer)
    account = Credentials(1, "x", {"author": members.PAGE, "access_token": "t", "api_version": "202610"})
    outcome = send(account, replace(hello("Hello"), picture=Picture("A tide", card={"title": "Hello"})))
    begun = "POST https://api.linkedin.com/rest/images?action=initializeUpload"
    if taken:
        assert isinstance(outcome, Accepted)
        assert asked == [begun, f"PUT {place}", "POST https://api.linkedin.com/rest/posts"]
    else:
        assert isinstance(outcome, Deferred)
        assert asked == [begun]


def test_a_token_in_an_answer_is_blotted_out() -> None:
    outcome, _ = ask(error(400, message="Not with the-token"))
    assert isinstance(outcome, Rejected)
    assert "Not with …" in outcome.reason
    assert "the-token" not in repr(outcome)


def test_real_accounts_go_to_linkedin_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(self: object, request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url}")
        raise httpx.ConnectError("no network in tests")

    monkeypatch.setattr("distributor.channels.http.GuardedTransport.handle_request", refuse)
    linkedin, intent = LinkedInChannel(), new_intent()
    account = Credentials(1, "x", {"author": members.PAGE, "access_token": "t", "api_version": "202610"})
    assert isinstance(linkedin.send(account, hello("Hello"), intent), Deferred)
    assert isinstance(linkedin.recall(account, hello("Hello"), Receipt("urn:li:share:1")), Deferred)
    assert asked == [
        "POST https://api.linkedin.com/rest/posts",
        "DELETE https://api.linkedin.com/rest/posts/urn%3Ali%3Ashare%3A1",
    ]
    app = AppKeys({"client_id": "the-app", "client_secret": "s", "api_version": "202610"})
    redirect = LinkedInConnectFlow().begin(app, redirect_uri=REDIRECT, state="s", answers={})
    assert redirect.url.startswith("https://www.linkedin.com/oauth/v2/authorization?response_type=code&")
    assert "scope=openid+profile+w_member_social" in redirect.url
