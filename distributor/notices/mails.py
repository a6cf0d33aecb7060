"""What the mail of some notices says, in the language of who gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext, ngettext

from distributor.delivery.mail.transactional_content import MailContent
from distributor.domain.text_lines import one_line
from distributor.letters.models import Publication
from distributor.locale_formats import day_span, number
from distributor.notices import pages
from distributor.notices.kinds import ACCOUNT, APPROVAL, FIGURES, IMPORT, STOP
from distributor.notices.models import Notice

MOST_LINES: Final = 10  # of what happened; of the rest the number is said
_LONGEST_SUBJECT: Final = 150  # characters: more is shown nowhere


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One thing that a mail names, with the page on which it can be done. `language` is its title's, "" for ours.

    `sentence` is in English, as other rooms write it; `labels` are names of channels. `details` and `figures` are in
    the language of the mail.
    """

    title: str
    path: str
    sentence: str = ""
    labels: Sequence[str] = ()
    target: str = ""
    language: str = ""
    details: Sequence[str] = ()
    figures: Sequence[tuple[str, int]] = ()


def content_of(kind: str, publication: Publication, notices: Sequence[Notice], *, language: str) -> MailContent:
    """Return the one mail that tells of these notices (at least one, of one kind) in a language of the desk."""
    with translation.override(language):
        lines = _lines(kind, notices)
        paths = {line.path for line in lines}
        path = paths.pop() if len(paths) == 1 else pages.DESK
        context = {
            "kind": kind,
            "publication": publication,
            "headline": _headline(kind, lines),
            "lines": lines[:MOST_LINES],
            "remainder": max(len(lines) - MOST_LINES, 0),
            "site": settings.SITE_URL,
            "address": f"{settings.SITE_URL}{path}",
            "button": _button(kind),
            "choices": f"{settings.SITE_URL}{pages.NOTICES}",
        }
        subject = one_line(f"{publication.name}: {context['headline']}")[:_LONGEST_SUBJECT]
        html = render_to_string("notices/mail.html", {**context, "subject": subject})
        text = render_to_string("notices/mail.txt", context)
    return MailContent(subject, html, text)


def _lines(kind: str, notices: Sequence[Notice]) -> list[NoticeLine]:
    if kind == APPROVAL:
        return _letter_lines(notices)
    return [_line(kind, notice.data) for notice in notices]


def _letter_lines(notices: Sequence[Notice]) -> list[NoticeLine]:
    """Return one line a letter, with the channels that wait."""
    by_letter: dict[int, list[dict[str, Any]]] = {}
    for notice in notices:
        by_letter.setdefault(notice.data["letter"], []).append(notice.data)
    return [
        NoticeLine(
            title=entries[0]["title"],
            path=pages.review_page(letter),
            labels=list(dict.fromkeys(entry["channel"] for entry in entries)),
            language=entries[0]["language"],
        )
        for letter, entries in by_letter.items()
    ]


def _line(kind: str, data: dict[str, Any]) -> NoticeLine:
    if kind == STOP:
        return NoticeLine(
            title=data["title"],
            path=pages.dispatch_page(data["dispatch"], data["letter"]),
            sentence=data["sentence"],
            labels=[data["channel"]],
            target=data["target"],
            language=data["language"],
        )
    if kind == ACCOUNT:
        path = pages.account_page(data["channel"])
        return NoticeLine(title=data["name"], path=path, sentence=data["sentence"], labels=[data["label"]])
    if kind == IMPORT:
        return NoticeLine(title=data["name"], path=pages.IMPORTS, details=_import_details(data))
    return NoticeLine(title=_days(data), path=pages.DESK, figures=_figures(data))


def _import_details(data: dict[str, Any]) -> list[str]:
    """Return what became of a file's people, in sentences."""
    values = {name: number(value) for name, value in data.items() if isinstance(value, int)}
    sentences = [
        gettext("On the list “%(list)s”: %(added)s new, %(updated)s updated, %(unchanged)s unchanged.")
        % {"list": data["list"], **values}
    ]
    if refusals := data["refused"]:
        text = ngettext("%(count)s row could not be taken in.", "%(count)s rows could not be taken in.", refusals)
        sentences.append(text % {"count": values["refused"]})
    if stays := data["kept_out"]:
        text = ngettext(
            "%(count)s person stays off: they left here before, or get no mail.",
            "%(count)s people stay off: they left here before, or get no mail.",
            stays,
        )
        sentences.append(text % {"count": values["kept_out"]})
    return sentences


def _days(data: dict[str, Any]) -> str:
    return day_span(date.fromisoformat(data["from"]), date.fromisoformat(data["until"]))


def _figures(data: dict[str, Any]) -> list[tuple[str, int]]:
    return [
        (gettext("Letters that went out"), data["letters"]),
        (gettext("Posts"), data["posts"]),
        (gettext("Mails that were accepted"), data["mails"]),
        (gettext("People who opened a mailing"), data["openers"]),
        (gettext("People who followed a link"), data["clickers"]),
        (gettext("Refused for good"), data["failures"]),
        (gettext("New on lists"), data["newcomers"]),
        (gettext("Left lists"), data["departures"]),
        (gettext("On lists at the end of the week"), data["people"]),
    ]


def _headline(kind: str, lines: Sequence[NoticeLine]) -> str:
    """Return in one sentence what happened: it is the subject, too."""
    first, count = lines[0], len(lines)
    if kind == APPROVAL:
        single = gettext("“%(title)s” waits for approval") % {"title": first.title}
        plural = ngettext("%(count)s letter waits for approval", "%(count)s letters wait for approval", count)
    elif kind == STOP:
        single = gettext("“%(title)s” did not go out as planned") % {"title": first.title}
        plural = ngettext("%(count)s dispatch did not go out", "%(count)s dispatches did not go out", count)
    elif kind == ACCOUNT:
        single = gettext("The account “%(title)s” needs a person") % {"title": first.title}
        plural = ngettext("%(count)s account needs a person", "%(count)s accounts need a person", count)
    elif kind == IMPORT:
        single = gettext("The import of “%(title)s” is done") % {"title": first.title}
        plural = ngettext("%(count)s import is done", "%(count)s imports are done", count)
    else:
        return gettext("The week %(days)s in figures") % {"days": first.title}
    return single if count == 1 else plural % {"count": number(count)}


def _button(kind: str) -> str:
    return {
        APPROVAL: gettext("Review"),
        STOP: gettext("Look at it"),
        ACCOUNT: gettext("Connect an account"),
        IMPORT: gettext("See the import"),
        FIGURES: gettext("Open the desk"),
    }[kind]
