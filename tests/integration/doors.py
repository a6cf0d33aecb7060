"""Doors in tests: opened, called as other systems call them, and looked at."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils import timezone

from distributor.letters.models import Publication
from distributor.newsroom import arrivals, door_actions
from distributor.newsroom.door_actions import DoorSettings
from distributor.newsroom.intake_rules import RuleSettings
from distributor.newsroom.models import Arrival, IntakeDoor
from distributor.practice.newsroom import senders
from distributor.practice.newsroom.senders import Call

BY_ITSELF = RuleSettings(channels=("scripted",), approve=True)
TEXT = "<p>Dear neighbours,</p><p>The horn is back, and it has much to say.</p>"


def open_door(publication: Publication, kind: Any, **settings: Any) -> IntakeDoor:
    return door_actions.add(publication, kind, DoorSettings(**{"rules": BY_ITSELF, **settings}), actor="mina")


def secret(door: IntakeDoor) -> str:
    return door_actions.keys(door).secret


def hand_in(door: IntakeDoor, sent: Call) -> int:
    """Send a call as another system does, and return the answer's status; no worker looks at it yet."""
    path = door_actions.keys(door).address.partition("127.0.0.1:8000")[2]
    answer = Client().post(path, sent.body, content_type="application/json", headers=sent.headers)
    return answer.status_code


def call(door: IntakeDoor, sent: Call) -> int:
    """Send a call, and let a worker do what it asks for; return the answer's status."""
    status = hand_in(door, sent)
    arrivals.work()
    return status


def last(door: IntakeDoor) -> Arrival:
    return door.arrivals.order_by("-pk")[0]


def now() -> float:
    return timezone.now().timestamp()


def ghost(door: IntakeDoor, current: Any, previous: Any = None, **options: Any) -> int:
    return call(door, senders.ghost(current, previous, secret=secret(door), at=now(), **options))
