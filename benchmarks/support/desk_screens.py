"""The screens of the desk that `benchmarks/desk.py` opens: one row each. Whoever makes a screen adds its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Screen:
    """One request: its name in the table and its path, in which `{letter}` and the like stand for rows of the world.

    With `form` it is a POST of these values. `is_count` says that it counts people, which takes a moment by its nature
    and is asked for by the page itself after it is shown: it has no goal.
    """

    name: str
    path: str
    form: Mapping[str, str] = field(default_factory=dict)
    is_count: bool = False


SCREENS = (
    Screen("home", "/desk/"),
    Screen("home, page 100", "/desk/?page=100"),
    Screen("new letter", "/desk/letters/new/"),
    Screen("write", "/desk/letters/write/"),
    Screen("write: preview", "/desk/letters/preview/", form={"title": "The horn", "text": "Dear *all*, it is back."}),
    Screen("edit", "/desk/letters/{letter}/edit/"),
    Screen("edit: keep what is typed", "/desk/letters/{letter}/autosave/", form={"title": "The horn", "base": "1"}),
    Screen("versions", "/desk/letters/{letter}/versions/"),
    Screen("version", "/desk/letters/{letter}/versions/1/"),
    Screen("letter", "/desk/letters/{letter}/"),
    Screen("review", "/desk/letters/{letter}/review/"),
    Screen("review: what a yes does", "/desk/letters/{letter}/review/", form={"channels": "twitter", "do": "check"}),
    Screen("letter, live table", "/desk/letters/{letter}/dispatches/"),
    Screen("dispatch", "/desk/dispatches/{dispatch}/"),
    Screen("dispatch to everybody", "/desk/dispatches/{large}/"),
    Screen("dispatch to everybody: who received it", "/desk/dispatches/{large}/recipients/"),
    Screen("dispatch to everybody: an address", "/desk/dispatches/{large}/recipients/?q=reader77777"),
    Screen("dispatch to everybody: a common word", "/desk/dispatches/{large}/recipients/?q=er7"),
    Screen("dispatch to everybody: nobody", "/desk/dispatches/{large}/recipients/?q=xyzzy"),
    Screen("dispatch to everybody: refused", "/desk/dispatches/{large}/recipients/?outcome=rejected"),
    Screen("dispatch to everybody: left", "/desk/dispatches/{large}/recipients/?outcome=left"),
    Screen("dispatch to everybody: who has not opened", "/desk/dispatches/{large}/resend-unopened/", is_count=True),
    Screen("digests", "/desk/digests/"),
    Screen("feeds", "/desk/feeds/"),
    Screen("doors", "/desk/doors/"),
    Screen("accounts", "/desk/accounts/"),
    Screen("settings", "/desk/settings/lantern/"),
    Screen("channel settings", "/desk/channel-settings/mail/lantern/"),
    Screen("webhooks", "/desk/settings/lantern/webhooks/"),
    Screen("editors", "/desk/editors/"),
    Screen("people", "/desk/people/"),
    Screen("people: a name", "/desk/people/?q=reader77777"),
    Screen("people: three letters in the middle", "/desk/people/?q=er7"),
    Screen("people: two letters, rare", "/desk/people/?q=zq"),
    Screen("people: one letter", "/desk/people/?q=7"),
    Screen("people: two words", "/desk/people/?q=sofía+naver"),
    Screen("people: nobody", "/desk/people/?q=xyzzy"),
    Screen("people: on a list", "/desk/people/?list={list}&state=active"),
    Screen("people: left a list", "/desk/people/?list={list}&state=left"),
    Screen("people: on a short list, a name", "/desk/people/?list={short}&q=reader"),
    Screen("people: suppressed", "/desk/people/?state=suppressed"),
    Screen("people: a tag", "/desk/people/?tag=press"),
    Screen("people: a segment", "/desk/people/?segment={segment}"),
    Screen("people: further on", "/desk/people/?q=reader&before=500000"),
    Screen("person", "/desk/people/{person}/"),
    Screen("person, earlier mails", "/desk/people/{person}/?before={dispatch}"),
    Screen("person, change", "/desk/people/{person}/edit/"),
    Screen("new person", "/desk/people/new/"),
    Screen("many at once: those chosen", "/desk/people/bulk/", form={"action": "add-tag", "people": "{person}"}),
    Screen("many at once: a million", "/desk/people/bulk/", {"action": "add-tag", "everyone": "on"}, is_count=True),
    Screen("lists", "/desk/lists/"),
    Screen("list", "/desk/lists/{list}/?days=365"),
    Screen("segments", "/desk/segments/"),
    Screen("segment", "/desk/segments/{segment}/", is_count=True),
    Screen("segment, count", "/desk/segments/{segment}/people/", is_count=True),
    Screen("imports", "/desk/imports/"),
    Screen("returns", "/desk/returns/"),
    Screen("returns, an address", "/desk/returns/?find=reader777@yahoo.example"),
    Screen("suppressed", "/desk/returns/suppressed/"),
    Screen("suppressed, an address", "/desk/returns/suppressed/?find=reader77@naver.example"),
    Screen("held refusals", "/desk/returns/held/"),
    Screen("undo", "/desk/returns/undo/"),
)
