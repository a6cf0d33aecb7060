"""One message to all friends of an account who use the same app, in calls of at most five.

Who has it is noted before each call and after it (`Intent.keep`), so that no friend gets it twice and none is
forgotten, whatever fails in between. Friends whose answer was lost are never asked again by themselves: the others go
first, and then a person decides.

Source: https://developers.kakao.com/docs/latest/en/kakaotalk-message/rest-api and …/kakaotalk-social/rest-api
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import httpx

from distributor.channels import http
from distributor.channels.base import PARTLY_OUT, Credentials, Intent
from distributor.channels.kakao import api, refusals
from distributor.channels.kakao.payload import Template
from distributor.channels.kakao.progress import Progress, mark
from distributor.channels.responses import lost_answer, unreachable
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed

AT_ONCE = 5  # receiver_uuids of one call
PAGE = 100  # friends of one page, the most
MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Friend:
    """A friend who uses the app: `mark` stands for them in records, `uuid` is where messages go."""

    mark: str
    uuid: str
    takes_messages: bool


@dataclass(frozen=True, slots=True)
class FriendsMessage:
    """What all calls of one attempt have in common. `token` is the account's; `now` when the attempt began."""

    client: httpx.Client
    credentials: Credentials
    token: str
    intent: Intent
    now: datetime

    def read(self, response: httpx.Response) -> api.KakaoResponse:
        return api.read(response, api.secrets(self.credentials))

    def judge(self, response: api.KakaoResponse) -> Outcome:
        renewable = bool(self.credentials.values.get("refresh_token"))
        return refusals.judge(response, self.now, renewable=renewable)


class NoFriends(Exception):
    """The friends could not be listed; `outcome` says why. Nothing was sent."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def send(message: FriendsMessage, template: Template) -> Outcome:
    """Send to every friend who is not settled yet, and say what became of all of them."""
    try:
        friends = friends_of(message)
    except NoFriends as error:
        return error.outcome
    progress = Progress.of(message.intent.kept)
    exhausted_marks: set[str] = set()  # until tomorrow: these friends’ own quotas are used up
    while group := _next(friends, progress, exhausted_marks):
        marks = [friend.mark for friend in group]
        progress.ask(marks)
        message.intent.note(progress.to_json())
        stop = _call(message, template, group, progress, exhausted_marks)
        message.intent.note(progress.to_json())
        if stop is not None:
            count = len([friend for friend in friends if not progress.settled(friend.mark)])
            if not (isinstance(stop, Unconfirmed) and not count):
                return _so_far(stop, progress, count)
    return _end(message, progress, exhausted_marks)


def friends_of(message: FriendsMessage) -> tuple[Friend, ...]:
    """List the friends who use the app. Raises NoFriends."""
    friends_by_mark: dict[str, Friend] = {}
    for page in range(MOST_PAGES):
        try:
            http_response = message.client.get(
                api.address(message.credentials, api.FRIENDS),
                params={"offset": page * PAGE, "limit": PAGE},
                headers=api.bearer(message.token),
            )
        except (httpx.HTTPError, AddressRefused):
            raise NoFriends(Deferred("Kakao did not list the account’s friends; nothing was sent.")) from None
        response = message.read(http_response)
        elements = response.body.get("elements")
        if not response.success or not isinstance(elements, list):
            outcome = message.judge(response)
            if isinstance(outcome, Unconfirmed):  # of a list, which changes nothing
                outcome = Deferred("Kakao could not list the account’s friends; nothing was sent.", raw=response.raw)
            raise NoFriends(outcome)
        for element in elements:
            if friend := _friend(element, message.intent.key):
                friends_by_mark.setdefault(friend.mark, friend)
        total = response.body.get("total_count")
        if len(elements) < PAGE or (isinstance(total, int) and (page + 1) * PAGE >= total):
            break
    return tuple(friends_by_mark.values())


def _friend(element: object, key: str) -> Friend | None:
    if not isinstance(element, Mapping) or not isinstance(element.get("uuid"), str):
        return None
    # A uuid may change with the friend's account; the number within the app stays, where Kakao gives it.
    number = element.get("id")
    uuid = str(number) if isinstance(number, int) else element["uuid"]
    return Friend(mark(key, uuid), element["uuid"], element.get("allowed_msg") is not False)


def _next(friends: Sequence[Friend], progress: Progress, exhausted_marks: set[str]) -> list[Friend]:
    """Return the next friends to ask. Who takes no messages at all is noted as refused without a call."""
    group: list[Friend] = []
    for friend in friends:
        if progress.settled(friend.mark) or friend.mark in exhausted_marks:
            continue
        if not friend.takes_messages:
            progress.refuse([friend.mark], "-530")
        elif len(group) < AT_ONCE:
            group.append(friend)
    return group


def _call(
    message: FriendsMessage, template: Template, group: Sequence[Friend], progress: Progress, exhausted_marks: set[str]
) -> Outcome | None:
    """Make one call and note what it says of each friend; an outcome where no further call may follow now."""
    marks = [friend.mark for friend in group]
    form = {
        "receiver_uuids": json.dumps([friend.uuid for friend in group]),
        "template_object": template.body(),
    }
    try:
        http_response = message.client.post(
            api.address(message.credentials, api.TO_FRIENDS), headers=api.bearer(message.token), data=form
        )
    except http.NEVER_SENT:
        progress.open(marks)
        return unreachable("Kakao")
    except httpx.RequestError:
        return lost_answer("Kakao")
    response = message.read(http_response)
    if response.success:
        return _judge_friends(message, response, group, progress, exhausted_marks)
    if response.code in refusals.RECIPIENT:  # what is wrong with one friend alone comes as an error
        progress.refuse(marks, str(response.code))
        return None
    if response.code in refusals.RECIPIENT_QUOTA:
        progress.open(marks)
        exhausted_marks.update(marks)
        return None
    outcome = message.judge(response)
    if not isinstance(outcome, Unconfirmed):
        progress.open(marks)
    return outcome


def _judge_friends(
    message: FriendsMessage,
    response: api.KakaoResponse,
    group: Sequence[Friend],
    progress: Progress,
    exhausted_marks: set[str],
) -> Outcome | None:
    """Note each friend of a 200: with several of them, those who were refused stand in `failure_info`."""
    mark_of = {friend.uuid: friend.mark for friend in group}
    progress.accept(_uuids(response.body.get("successful_receiver_uuids"), mark_of))
    stop: Outcome | None = None
    failures = response.body.get("failure_info")
    for failure in failures if isinstance(failures, list) else ():
        code = failure.get("code") if isinstance(failure, Mapping) else None
        if not isinstance(code, int):
            continue
        marks = _uuids(failure.get("receiver_uuids"), mark_of)
        outcome = message.judge(replace(response, status=400, code=code, message=""))
        if code in refusals.RECIPIENT_QUOTA:
            progress.open(marks)
            exhausted_marks.update(marks)
        elif isinstance(outcome, Deferred | Reconnect):
            progress.open(marks)
            stop = outcome
        elif isinstance(outcome, Rejected):
            progress.refuse(marks, str(code))
    # Who is in neither list stays unanswered.
    return stop


def _uuids(uuids: object, mark_of: Mapping[str, str]) -> list[str]:
    return [mark_of[uuid] for uuid in uuids if uuid in mark_of] if isinstance(uuids, list) else []


def _end(message: FriendsMessage, progress: Progress, exhausted_marks: set[str]) -> Outcome:
    """Everybody was asked who could be."""
    progress.with_person = bool(progress.unanswered) and not exhausted_marks
    message.intent.note(progress.to_json())
    if exhausted_marks:
        tomorrow = refusals.next_day_in_seoul(message.now)
        reason = f"{_people(len(exhausted_marks))} can take no more messages today. {_counts(progress)}"
        return Deferred(reason, tomorrow, code="-533")
    if progress.unanswered:
        reason = f"Kakao’s answer for {_people(len(progress.unanswered))} was lost: ask them whether they have it. "
        return Unconfirmed(f"{reason}{_counts(progress)} Sending again reaches only those without an answer.")
    if not progress.accepted:
        if progress.refused:
            reason = f"Kakao refused the message for {_people(len(progress.refused))}, which is everybody."
            return Rejected(reason, code=next(iter(progress.refused.values())), keep={})
        reason = "No friend of this account uses the newsroom’s Kakao app, so there is nobody to send it to."
        return Rejected(reason, remedy="settings", keep={})
    memory = {"friends": progress.to_json()}
    url = message.credentials.endpoint if message.credentials.practice else ""
    return Accepted(Receipt(remote_id="", url=url, at=message.now, raw=memory))


def _so_far(stop: Outcome, progress: Progress, count: int) -> Outcome:
    """Return why it stopped in between, with how far it got. A lost answer does not keep the others waiting long."""
    if isinstance(stop, Accepted):  # never: a stop is none
        return stop
    if isinstance(stop, Unconfirmed):
        reason = f"Kakao’s answer for {_people(len(progress.unanswered))} was lost; the other {count} are asked next."
        return Deferred(f"{reason} {_counts(progress)}", code=PARTLY_OUT, raw=stop.raw)
    if not progress.accepted and not progress.unanswered:
        return replace(stop, keep={}) if isinstance(stop, Rejected) else stop  # nobody has it: other words may follow
    return replace(stop, reason=f"{stop.reason} {_counts(progress)}")


def _counts(progress: Progress) -> str:
    clause = f", {len(progress.refused)} can’t" if progress.refused else ""
    return f"{_people(len(progress.accepted))} got it{clause}."


def _people(number: int) -> str:
    return "1 friend" if number == 1 else f"{number} friends"
