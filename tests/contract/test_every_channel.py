"""What holds for every channel, whatever its network does. One suite, run against the practice world."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from distributor.channels import registry, stored_variants
from distributor.channels.base import AWAY, REPEAT_POSSIBLE, Intent, LookupAway, Options
from distributor.domain.errors import UnknownChannel
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Variant
from tests.contract.cases import EVERY, IDEMPOTENT, LOOKUP, NETWORKED, NOTICING, POSTING, REFUSING, SPECS
from tests.contract.support.letters import short_and_long

CaseOf = Callable[..., Any]

FAULTS = ("429", "500", "drop-before", "drop-after-accept", "expired-token")

every = pytest.mark.parametrize("name", EVERY)
networked = pytest.mark.parametrize("name", NETWORKED)
posting = pytest.mark.parametrize("name", POSTING)
lookup = pytest.mark.parametrize("name", LOOKUP)
idempotent = pytest.mark.parametrize("name", IDEMPOTENT)
noticing = pytest.mark.parametrize("name", NOTICING)
refusing = pytest.mark.parametrize("name", REFUSING)

TEXT = "The 7th letter: what the tide leaves behind"


def test_registry_lists_the_share_bar_in_its_usual_order() -> None:
    assert registry.names()[:5] == ("facebook", "twitter", "kakao", "mail", "link")
    assert [registry.get(name).name for name in EVERY] == list(EVERY)
    with pytest.raises(UnknownChannel, match="telepathy"):
        registry.get("telepathy")


@every
def test_says_what_it_carries_and_needs(name: str) -> None:
    channel = registry.get(name)
    assert channel.capabilities.label
    assert hasattr(channel, "open" if channel.capabilities.addressed else "send")
    for field in channel.fields:
        assert field.label
        assert field.secret or "token" not in field.name


@every
def test_accepted_once_with_a_receipt(name: str, case_of: CaseOf) -> None:
    case = case_of(name)
    outcome = case.send(case.make(TEXT), _intent())
    assert isinstance(outcome, Accepted), outcome
    assert len(case.texts()) == 1
    assert outcome.receipt.remote_id or not case.spec.numbered
    assert outcome.receipt.url or not case.spec.addressed
    if name not in ("mail", "link"):
        assert outcome.receipt.at is not None
        assert abs(outcome.receipt.at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "text", ["오늘의 편지: 바다가 남긴 것 — “파도”", "👩‍👩‍👧 🇰🇷 ☂️ 🫱🏻 é", 'a & b < c > d "e" \\ %s {{x}}']
)
@networked
def test_text_arrives_as_it_was(name: str, text: str, case_of: CaseOf) -> None:
    case = case_of(name)
    text = text.replace("{{x}}", "x") if name == "mail" else text  # a mail's texts are templates
    assert isinstance(case.send(case.make(text), _intent()), Accepted)
    assert case.texts() == [text]


@every
def test_what_it_composes_is_accepted(name: str, case_of: CaseOf) -> None:
    case = case_of(name)
    for options in (Options(), Options(thread=True), Options(link="first"), Options(link="none")):
        for letter in short_and_long(str(options)):
            variant = case.channel.compose(letter, options)
            assert not [one for one in case.channel.check(variant) if one.level == "refuse"]
            again = stored_variants.read(variant.to_json())
            assert isinstance(case.send(again, _intent()), Accepted)


@networked
def test_bad_credentials_ask_for_a_new_connection(name: str, case_of: CaseOf) -> None:
    case = case_of(name)
    assert isinstance(case.send(case.make(TEXT), _intent(), credentials=case.with_values(**case.spec.wrong)), Reconnect)
    assert case.texts() == []


@posting
@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "토큰"])
def test_a_badly_pasted_token_asks_for_a_new_connection(name: str, token: str, case_of: CaseOf) -> None:
    case = case_of(name)
    assert isinstance(
        case.send(case.make(TEXT), _intent(), credentials=case.with_values(**{case.spec.token: token})), Reconnect
    )


@networked
def test_an_expired_token_asks_for_a_new_connection(name: str, case_of: CaseOf, world: Any) -> None:
    case = case_of(name)
    world.fault(name, "expired-token")
    assert isinstance(case.send(case.make(TEXT), _intent()), Reconnect)
    assert case.texts() == []


@networked
def test_too_many_requests_are_deferred(name: str, case_of: CaseOf, world: Any) -> None:
    case = case_of(name)
    world.fault(name, "429")
    outcome = case.send(case.make(TEXT), _intent())
    assert isinstance(outcome, Deferred)
    assert case.texts() == []
    if name == "mail":
        assert outcome.code == AWAY
    else:
        assert outcome.retry_at is not None
        assert outcome.retry_at > datetime.now(UTC)


@networked
def test_a_broken_network_is_never_believed_too_much(name: str, case_of: CaseOf, world: Any) -> None:
    """An error of its own does not say whether the post was made, unless the network says that it is closed."""
    case = case_of(name)
    world.fault(name, "500", times=2)
    outcome = case.send(case.make(TEXT), _intent())
    assert isinstance(outcome, case.spec.broken)
    assert case.texts() == []


@networked
def test_a_network_that_is_away_got_nothing(name: str, case_of: CaseOf) -> None:
    case = case_of(name)
    outcome = case.send(case.make(TEXT), _intent(), credentials=case.elsewhere())
    assert isinstance(outcome, Deferred)
    assert outcome.code == (AWAY if name == "mail" else "")


@networked
def test_dropped_before_it_was_taken_is_not_there(name: str, case_of: CaseOf, world: Any) -> None:
    """From outside this looks like the next test: so it is not repeated either, but found not to be there."""
    case, intent = case_of(name), _intent()
    variant = case.make(TEXT)
    world.fault(name, "drop-before")
    _assert_lost(name, case.send(variant, intent))
    assert case.texts() == []
    if name in LOOKUP:
        assert case.channel.find_existing(case.account, intent, variant) is None


@networked
def test_accepted_but_the_answer_is_lost(name: str, case_of: CaseOf, world: Any) -> None:
    case, intent = case_of(name), _intent()
    variant = case.make(TEXT)
    world.fault(name, "drop-after-accept")
    _assert_lost(name, case.send(variant, intent))
    assert case.texts() == [TEXT]
    if name in LOOKUP:
        found = case.channel.find_existing(case.account, intent, variant)
        assert found is not None
        assert found.remote_id == world.posts(name)[0]["id"]
        assert found.url


@posting
def test_an_answer_that_takes_too_long_is_lost(name: str, case_of: CaseOf, world: Any) -> None:
    case = case_of(name, timeout=1.0)
    world.fault(name, "slow", seconds=2.5)
    _assert_lost(name, case.send(case.make(TEXT), _intent()))
    assert case.texts() == [TEXT]


@networked
def test_a_slow_network_is_waited_for(name: str, case_of: CaseOf, world: Any) -> None:
    case = case_of(name)
    world.fault(name, "slow", seconds=0.3)
    assert isinstance(case.send(case.make(TEXT), _intent()), Accepted)


@idempotent
def test_tried_again_it_is_taken_once(name: str, case_of: CaseOf, world: Any) -> None:
    case, intent = case_of(name), _intent()
    variant = case.make(TEXT)
    world.fault(name, "drop-after-accept")
    case.send(variant, intent)
    assert isinstance(case.send(variant, replace(intent, attempt=2)), Accepted)
    assert len(case.texts()) == 1


@lookup
def test_tried_again_it_is_found_instead_of_posted_twice(name: str, case_of: CaseOf, world: Any) -> None:
    case, intent = case_of(name), _intent()
    variant = case.make(TEXT)
    world.fault(name, "drop-after-accept")
    case.send(variant, intent)
    outcome = case.send(variant, replace(intent, attempt=2))
    assert isinstance(outcome, Accepted)
    assert len(case.texts()) == 1


@lookup
def test_tried_again_after_it_was_not_there_it_is_posted(name: str, case_of: CaseOf, world: Any) -> None:
    case, intent = case_of(name), _intent()
    variant = case.make(TEXT)
    world.fault(name, "drop-before")
    case.send(variant, intent)
    assert isinstance(case.send(variant, replace(intent, attempt=2)), Accepted)
    assert len(case.texts()) == 1


@noticing
def test_a_duplicate_of_its_own_is_found(name: str, case_of: CaseOf) -> None:
    case, intent = case_of(name), _intent()
    variant = case.make(TEXT + " https://letters.example.org/a?b=c&d=e and example.com")
    first, second = case.send(variant, intent), case.send(variant, intent)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.receipt.remote_id == second.receipt.remote_id
    assert len(case.texts()) == 1


@refusing
def test_the_same_words_from_before_are_refused(name: str, case_of: CaseOf) -> None:
    case = case_of(name)
    variant = case.make(TEXT)
    case.send(variant, _intent())
    much_later = Intent("another", 1, datetime.now(UTC) + timedelta(minutes=10))
    assert isinstance(case.send(variant, much_later), Rejected)
    assert len(case.texts()) == 1


@lookup
def test_a_look_up_never_takes_what_another_dispatch_holds(name: str, case_of: CaseOf) -> None:
    """Two letters may say the same: words don't make a post the second one's."""
    case, intent = case_of(name), _intent()
    variant = case.make(TEXT)
    first = case.send(variant, intent)
    assert isinstance(first, Accepted)
    second = Intent("another", 2, intent.first_tried_at, foreign_ids=frozenset(first.receipt.ids))
    assert case.channel.find_existing(case.account, second, variant) is None


@lookup
def test_a_look_up_never_takes_what_is_older_than_its_own_first_call(name: str, case_of: CaseOf) -> None:
    case = case_of(name)
    variant = case.make(TEXT)
    assert isinstance(case.send(variant, _intent()), Accepted)
    second = Intent("another", 2, datetime.now(UTC) + timedelta(seconds=4))
    assert case.channel.find_existing(case.account, second, variant) is None


@refusing
@pytest.mark.parametrize("attempt", [1, 2])
def test_a_refusal_of_the_same_words_says_what_to_do(name: str, attempt: int, case_of: CaseOf) -> None:
    """Also when it is tried again after a refusal, of which nothing came."""
    case = case_of(name)
    variant = case.make(TEXT)
    first = case.send(variant, _intent())
    assert isinstance(first, Accepted)
    second = replace(_intent(), attempt=attempt, settled=True, foreign_ids=frozenset(first.receipt.ids))
    outcome = case.send(variant, second)
    assert isinstance(outcome, Rejected)
    assert "give this one other words, or cancel it" in outcome.reason
    assert len(case.texts()) == 1


@lookup
def test_a_look_up_that_fails_says_so(name: str, case_of: CaseOf) -> None:
    case, intent = case_of(name), _intent()
    with pytest.raises(LookupAway):
        case.channel.find_existing(case.elsewhere(), intent, case.make(TEXT))
    with pytest.raises(LookupAway):
        case.channel.find_existing(case.with_values(**case.spec.wrong), intent, case.make(TEXT))
    # And it is not sent blindly then.
    outcome = case.send(case.make(TEXT), replace(intent, attempt=2), credentials=case.elsewhere())
    assert isinstance(outcome, Deferred)


@networked
def test_too_long_is_refused(name: str, case_of: CaseOf) -> None:
    case = case_of(name)
    outcome = case.send(case.make(case.spec.too_long), _intent())
    assert isinstance(outcome, Rejected)
    assert outcome.code
    assert case.texts() == []


@posting
def test_nothing_to_post_is_refused(name: str, case_of: CaseOf) -> None:
    case = case_of(name)
    assert isinstance(case.send(Variant(name), _intent()), Rejected)


@networked
def test_secrets_stay_secret(name: str, case_of: CaseOf, world: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    case, said = case_of(name), []
    secrets = [value for key, value in case.account.values.items() if "token" in key]
    secrets += ["practice-mail-password"]
    for fault in (*FAULTS, None, None):
        if fault:
            world.fault(name, fault)
        intent = _intent()
        said.append(repr(case.send(case.make(f"{TEXT} {fault}"), intent)))
        if name in LOOKUP:
            said.append(repr(case.channel.find_existing(case.account, intent, case.make(TEXT))))
    said.append(repr(case.send(case.make(TEXT), _intent(), credentials=case.elsewhere())))
    said.append(repr(case.account))
    said.extend(_logged(caplog.records))
    assert case.texts()
    for secret in secrets:
        assert not [line for line in said if secret in line]


def _logged(records: Iterable[logging.LogRecord]) -> list[str]:
    formatter = logging.Formatter()
    return [formatter.format(record) for record in records]


def _assert_lost(name: str, outcome: Outcome) -> None:
    if name == "mail" or SPECS[name].lost is Deferred:  # may be repeated: its Message-ID or key stays the same
        assert registry.get(name).capabilities.idempotent or name == "mail"
        assert isinstance(outcome, Deferred)
        assert outcome.code == REPEAT_POSSIBLE
    else:
        assert isinstance(outcome, Unconfirmed)


def _intent() -> Intent:
    return Intent("5f2b2c9e-5d3f-4a51-9d0f-0d3a4d7c1f10", 1, datetime.now(UTC))
