"""The one table of states."""

from __future__ import annotations

import re

import pytest

from distributor.domain.errors import StateError
from distributor.domain.states import FINISHED, Event, State, allowed_events, next_state, sources


def test_the_way_of_a_letter_that_nothing_disturbs() -> None:
    state = State.DRAFT
    for event in (Event.APPROVE, Event.HOLD_ENDED, Event.RELEASE, Event.ACCEPT):
        state = next_state(state, event)
    assert state is State.SENT


@pytest.mark.parametrize("state", [State.PARTLY, State.CANCELLED, State.RECALLED])
def test_what_went_out_or_was_cancelled_never_moves_again(state: State) -> None:
    assert allowed_events(state) == frozenset()


def test_what_was_sent_can_only_be_taken_back() -> None:
    assert {next_state(State.SENT, event) for event in allowed_events(State.SENT)} == {State.RECALLING, State.RECALLED}


def test_what_is_being_taken_back_ends_as_gone_or_stays() -> None:
    ends = {next_state(State.RECALLING, event) for event in allowed_events(State.RECALLING)}
    assert ends == {State.RECALLED, State.SENT}
    assert (State.RECALLING.value in FINISHED, State.RECALLED.value in FINISHED) == (False, True)
    assert (State.RECALLING.words, State.RECALLED.words) == ("being deleted", "deleted")


@pytest.mark.parametrize("event", Event)
def test_the_sources_of_an_event_are_where_it_is_allowed(event: Event) -> None:
    assert set(sources(event)) == {state for state in State if event in allowed_events(state)}


def test_only_a_person_sends_something_failed_or_unconfirmed_again() -> None:
    assert allowed_events(State.FAILED) == {Event.RETRY}
    to_sending = {
        event for event in allowed_events(State.UNCONFIRMED) if next_state(State.UNCONFIRMED, event) is State.SENDING
    }
    assert not to_sending


def test_an_event_that_is_not_allowed_is_refused_in_words() -> None:
    with pytest.raises(StateError) as raised:
        next_state(State.BLOCKED, Event.APPROVE)
    assert str(raised.value) == (
        "It is blocked, so it can't be approved. Clear what is in its way, such as a missing account, then resume it."
    )


@pytest.mark.parametrize("state", State)
def test_every_refusal_is_a_sentence_and_says_what_to_do(state: State) -> None:
    for event in set(Event) - allowed_events(state):
        with pytest.raises(StateError) as raised:
            next_state(state, event)
        form = r"It (is|has|may) [a-z ]+, so it can't (be|go|end|lose|stay) ?[a-z ]*\. [A-Z][^.]+\."
        assert re.fullmatch(form, str(raised.value)), str(raised.value)


def test_every_unfinished_state_can_be_cancelled() -> None:
    on_its_way = [state for state in State if state.value not in FINISHED and state is not State.RECALLING]
    assert all(Event.CANCEL in allowed_events(state) for state in on_its_way)
