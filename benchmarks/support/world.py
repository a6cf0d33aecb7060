"""What a campaign needs: a publication with a mail account, subscribers, and a letter of a chosen size.

Django has to be set up. Subscribers are made inside PostgreSQL: a million of them in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.db import connection, models

from benchmarks.support.house import SITE_URL
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.letters import Draft, LetterView, PublicationView
from distributor.domain.source_keys import address_keys
from distributor.letters import actions as letters
from distributor.letters.models import Publication

Size = Literal["4k", "40k"]
PARAGRAPHS: dict[Size, int] = {"4k": 3, "40k": 41}  # which make about 4 and 40 kB of a whole message
SENDER_DOMAIN = "lantern.example"

# Where the recipients are: a few large houses, and a tail of 200 small ones. RFC 2606 keeps .example for this.
_DOMAINS = """
CASE WHEN n %% 100 < 40 THEN 'gmail.example'
     WHEN n %% 100 < 55 THEN 'outlook.example'
     WHEN n %% 100 < 65 THEN 'yahoo.example'
     WHEN n %% 100 < 75 THEN 'naver.example'
     WHEN n %% 100 < 80 THEN 'icloud.example'
     ELSE 'office' || n / 100 %% 200 || '.example' END
"""
_FIRST = "(ARRAY['Ada','Bo','Chiara','Dohyun','Elif','Goran','Haneul','Ines','Jonas','Sofía'])[1 + n %% 10]"
_FAMILY = "(ARRAY['Abara','Berg','Castro','Dahl','Kim','Novak','Okafor'])[1 + n %% 7]"
_CITY = "(ARRAY['Oslo','Seoul','Lisboa','Köln','Busan'])[1 + n %% 5]"
_SUBSCRIBER = {
    "email": f"'reader' || n || '@' || {_DOMAINS}",
    "name": f"{_FIRST} || ' ' || {_FAMILY}",
    "key": "gen_random_uuid()",
    "attributes": f"jsonb_build_object('first_name', {_FIRST}, 'city', {_CITY})",
    "created_at": "now()",
}

_PARAGRAPH = (
    "<p>The fog came in before noon and stayed, and the horn that had been silent for eleven years was heard again "
    'from the pier to the old ropewalk. <a href="https://lantern.example/archive/{number}?from=letter">Those who '
    "remember</a> the winters before it was taken down said that it is lower now, and slower. — Nobody minds: "
    "“it’s ours”, says the harbour master, who has <strong>oiled it</strong> every week, all those years, "
    "without being asked.</p>"
)
_SMALL_HTML = """<!DOCTYPE html>
<html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ letter.title }}</title></head>
<body style="font-family: Georgia, serif; color: #221f1a">
{{ per_recipient("{% if recipient.attributes.first_name %}<p>Dear {{ recipient.attributes.first_name }}"
   " in {{ recipient.attributes.city }},</p>{% else %}<p>Dear reader,</p>{% endif %}") }}
<h1>{{ letter.title }}</h1>
{{ body }}
<p><a href="https://lantern.example/support">Support us</a> · <a href="https://lantern.example/archive">Archive</a> ·
<a href="{{ recipient.unsubscribe_url }}">{{ words.unsubscribe }}</a></p>
</body></html>
"""
_SMALL_TEXT = """Dear {{ recipient.name }},

{{ letter.title }}

{{ letter.body_text }}

{{ words.unsubscribe }}: {{ recipient.unsubscribe_url }}
"""
_LARGE_HTML = """{% extends "common:email/letter.html" %}
{% block letter %}
{{ per_recipient("{% if recipient.attributes.first_name %}<p>Dear {{ recipient.attributes.first_name }}"
   " in {{ recipient.attributes.city }},</p>{% else %}<p>Dear reader,</p>{% endif %}") }}
{{ super() }}
{% endblock %}
"""
_SUBJECT = "{{ recipient.attributes.first_name }}, what the fog horn knows\n"


@dataclass(frozen=True, slots=True)
class World:
    """A publication with an account and a list."""

    publication: Publication
    readers: MailingList

    def queue(self, size: Size, *, number: int = 1) -> Dispatch:
        """Queue a letter for the list; it is released by the next tick."""
        result = letters.take_in(draft(size, number=number), publication=self.publication)
        return queue_letter(result.letter, channels=["mail"], lists=[self.readers]).dispatches[0]


def make_world(home: Path, *, slug: str, relay: str, recipients: int, size: Size, first: int = 0) -> World:
    """Make a publication whose account is the URL `relay`, with templates of its own, and `recipients` subscribers.

    They are numbered from `first` on: two worlds share the subscribers of the same numbers.
    """
    publication = letters.create_publication(
        name="The Lantern Post", slug=slug, sender_email=f"letters@{SENDER_DOMAIN}"
    )
    publication.postal_address = "1 Pier Road, Harbour Town"
    publication.save()
    _write_templates(home / "templates" / slug / "email", size)
    accounts.connect(publication, "mail", "relay", {"url": relay})
    readers = MailingList.objects.create(publication=publication, slug="readers", name="Readers")
    _subscribe(readers, recipients, first)
    return World(publication, readers)


def draft(size: Size, *, number: int = 1) -> Draft:
    """Return a letter that makes a mail of about this size."""
    body = "".join(_PARAGRAPH.format(number=number) for number in range(PARAGRAPHS[size]))
    text = "\n\n".join("The fog came in before noon and stayed. “It’s ours.”" for _ in range(PARAGRAPHS[size]))
    source = f"https://{SENDER_DOMAIN}/letters/fog-{number}"
    title = f"What the fog horn knows, {number}"
    return Draft(
        source=source,
        title=title,
        body_html=body,
        body_text=text,
        language="en",
        canonical_url=source,
        keys=address_keys([source]),
    )


def letter_view(home: Path, slug: str, size: Size) -> LetterView:
    """Return such a letter as rendering takes it, for a publication that is in no database; writes its templates."""
    _write_templates(home / "templates" / slug / "email", size)
    letter_draft = draft(size)
    site = f"{SITE_URL}/{slug}"
    publication = PublicationView(
        slug=slug,
        name="The Lantern Post",
        site_url=site,
        sender_name="The Lantern Post",
        sender_email=f"letters@{SENDER_DOMAIN}",
        time_zone="UTC",
        language="en",
        postal_address="1 Pier Road, Harbour Town",
    )
    return LetterView(
        publication=publication,
        slug="fog",
        title=letter_draft.title,
        body_html=letter_draft.body_html,
        body_text=letter_draft.body_text,
        url=letter_draft.canonical_url,
        language="en",
        canonical_url=letter_draft.canonical_url,
    )


def _write_templates(folder: Path, size: Size) -> None:
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text(_SUBJECT, encoding="utf-8")
    (folder / "letter.html").write_text(_SMALL_HTML if size == "4k" else _LARGE_HTML, encoding="utf-8")
    if size == "4k":
        (folder / "letter.txt").write_text(_SMALL_TEXT, encoding="utf-8")


def _subscribe(readers: MailingList, count: int, first: int) -> None:
    """Subscribe `count` people to a list; who is there already is not made again."""
    subscription = {
        "list": str(readers.pk),
        "state": "'active'",
        "created_at": "now()",
        "subscriber": "s.id",
    }
    series = "generate_series(%s, %s) AS n"
    people_source = f"{series} JOIN audience_subscriber s ON lower(s.email) = lower({_SUBSCRIBER['email']})"
    span = (first, first + count - 1)
    _insert(Subscriber, _SUBSCRIBER, series, span)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audience_subscriber")
    _insert(Subscription, subscription, people_source, span)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audience_subscription")


def _insert(model: type[models.Model], values: dict[str, str], source: str, span: tuple[int, int]) -> None:
    """INSERT … SELECT: the named fields by SQL expressions of `n`, all others with the model's defaults."""
    columns, expressions, defaults = [], [], []
    for field in model._meta.concrete_fields:  # noqa: SLF001 # Django's documented way to a model's fields
        if field.primary_key:
            continue
        columns.append(f'"{field.column}"')
        expressions.append(values.get(field.name, "%s"))
        if field.name not in values:
            defaults.append(_default(field))
    sql = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(expressions)} FROM {source}"  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ON CONFLICT DO NOTHING", [*defaults, *span])


def _default(field: models.Field[Any, Any]) -> Any:
    return field.get_db_prep_save(field.get_default(), connection)
