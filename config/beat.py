"""What happens again and again. Celery beat sends these; any number of them may run at once."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from config import environment

SCHEDULE: dict[str, dict[str, Any]] = {
    # A tick that could not be run in time is worthless: the next one does its work.
    "release what is due": {"task": "delivery.tick", "schedule": 1.0, "options": {"expires": 10}},
    "sweep": {"task": "delivery.sweep", "schedule": 5.0, "options": {"expires": 30}},
    # Digest hours begin with a minute of the clock, and so does this.
    "plan digests": {"task": "digests.plan", "schedule": crontab(), "options": {"expires": 60}},
    "forget budget uses": {"task": "delivery.forget_budget_uses", "schedule": 3600.0, "options": {"expires": 3600}},
    # Those whose wake-up was lost, and those that are to be tried again.
    "tell hubs and search engines": {"task": "letters.ping", "schedule": 60.0, "options": {"expires": 60}},
    "forget autosaves": {"task": "letters.forget_autosaves", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget answers of the API": {"task": "people.forget_answers", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget transactional mails": {
        "task": "delivery.forget_transactional_mails",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "look at feeds": {"task": "newsroom.tick", "schedule": 1.0, "options": {"expires": 10}},
    # Those whose wake-up was lost, and leases that end.
    "ask hubs": {"task": "newsroom.hubs", "schedule": 60.0, "options": {"expires": 60}},
    # What has no listener waits for this, and so does what lost its wake-up.
    "announce": {"task": "webhooks.fan_out", "schedule": 5.0, "options": {"expires": 30}},
    "forget announcements": {"task": "webhooks.forget", "schedule": 3600.0, "options": {"expires": 3600}},
    # What is to be told to the newsroom's people: seen by this alone, so nothing is lost by being late.
    "tell people": {"task": "notices.tick", "schedule": 20.0, "options": {"expires": 60}},
    "forget notices": {"task": "notices.forget", "schedule": 3600.0, "options": {"expires": 3600}},
    # Those whose wake-up was lost, and what a killed worker took.
    "work on arrivals": {"task": "newsroom.arrivals", "schedule": 5.0, "options": {"expires": 10}},
    "forget arrivals": {"task": "newsroom.forget_arrivals", "schedule": 3600.0, "options": {"expires": 3600}},
    # After a large import for some minutes: until then the new people are compared one by one.
    "index people": {"task": "audience.index", "schedule": 2.0, "options": {"expires": 10}},
    # Seconds of work at a million people.
    "record growth": {"task": "audience.record_growth", "schedule": 900.0, "options": {"expires": 900}},
    # Only what is large, and ever more rarely (domain.tally_times).
    "add up mailings": {"task": "insights.renew_tallies", "schedule": 60.0, "options": {"expires": 60}},
    # Each hour and not each day: a beat that is started anew counts from its start.
    "forget returns": {"task": "insights.forget_returns", "schedule": 3600.0, "options": {"expires": 3600}},
}
if environment.read("DISTRIBUTOR_RETURNS_URL"):
    SCHEDULE["fetch returns"] = {"task": "insights.fetch_returns", "schedule": 60.0, "options": {"expires": 60}}
if environment.read("DISTRIBUTOR_LETTERS_URL"):
    SCHEDULE["fetch letters"] = {"task": "newsroom.fetch_mail", "schedule": 60.0, "options": {"expires": 60}}
