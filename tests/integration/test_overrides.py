"""An editor's own text, picture and link for one variant: kept, fitted, checked, and approved like any other."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils import timezone

from distributor.channels import registry
from distributor.cli.commands import cli
from distributor.delivery import overrides, reapproval
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.errors import BadInput, StateError
from distributor.domain.letters import Draft
from distributor.letters import actions as letters
from distributor.letters.models import Letter
from distributor.practice.networks import ACCOUNTS
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)

POSTS = tuple(name for name in registry.names() if name != "link" and not registry.get(name).capabilities.addressed)


def drafted(letter: Letter, channel: str) -> Dispatch:
    """Return the draft of a letter's post through a practice account."""
    [account] = [candidate for candidate in ACCOUNTS if candidate.channel == channel]
    accounts.connect(letter.publication, channel, account.name, account.values, practice=True)
    return queue_letter(letter, channels=[channel], approve=False).dispatches[0]


@pytest.fixture
def post(letter: Letter) -> Dispatch:
    """A draft of a post on X."""
    return drafted(letter, "twitter")


def parts(state: overrides.VariantState) -> tuple[str, ...]:
    assert state.preview.variant is not None
    return state.preview.variant.parts


@pytest.mark.parametrize("channel", POSTS)
def test_every_posting_channel_takes_an_editors_words(channel: str, letter: Letter) -> None:
    dispatch = drafted(letter, channel)
    state = overrides.edit_variant(dispatch.pk, text="The horn is back,\r\nand so are we.", by="mina")
    assert parts(state)[0].startswith("The horn is back,\nand so are we.")
    assert state.own_parts == ("text",)
    assert letter.title not in " ".join(parts(overrides.state(dispatch)))
    reset = overrides.reset_variant(dispatch.pk, by="jun")
    assert "The horn is back,\nand so" not in " ".join(parts(reset))
    assert [(entry.number, entry.actor) for entry in overrides.history(dispatch)] == [(1, "mina"), (2, "jun")]


def test_the_link_stays_and_the_text_is_fitted_as_the_templates_is(post: Dispatch) -> None:
    short = overrides.edit_variant(post.pk, text="The horn is back.")
    assert short.preview.variant is not None
    link = short.preview.variant.link
    assert link.startswith("https://lantern.example/letters/fog?utm_source=twitter")
    assert parts(short) == (f"The horn is back.\n\n{link}",)
    long = overrides.edit_variant(post.pk, text="The horn is back. " * 40)
    assert long.preview.variant is not None
    assert long.preview.variant.length <= 280
    assert long.preview.variant.parts[0].endswith(link)
    assert long.preview.variant.dropped
    inside = overrides.edit_variant(post.pk, text="Read https://lantern.example/letters/fog, today.")
    assert parts(inside) == (f"Read {link}, today.",)
    another = overrides.edit_variant(post.pk, text="Not https://lantern.example/letters/fog-2 this time.")
    assert parts(another) == (f"Not https://lantern.example/letters/fog-2 this time.\n\n{link}",)


def test_what_the_channel_says_of_it_is_said(post: Dispatch) -> None:
    state = overrides.edit_variant(post.pk, text="Both $AAPL and $MSFT fell.")
    assert any("more than one share" in concern.message for concern in state.preview.concerns)


def test_picture_and_link_are_an_editors_own_or_none(post: Dispatch) -> None:
    state = overrides.edit_variant(post.pk, picture="https://pics.example/horn.jpg", picture_alt="A horn")
    assert state.preview.variant is not None
    picture = state.preview.variant.picture
    assert picture is not None
    assert (picture.url, picture.alt) == ("https://pics.example/horn.jpg", "A horn")
    state = overrides.edit_variant(post.pk, link="https://lantern.example/elsewhere")
    assert state.preview.variant is not None
    assert state.preview.variant.link == "https://lantern.example/elsewhere"
    assert state.own_parts == ("picture", "link")
    state = overrides.edit_variant(post.pk, picture="", link="")
    assert state.preview.variant is not None
    assert (state.preview.variant.picture, state.preview.variant.link) == (None, "")
    assert "https://" not in " ".join(parts(state))
    state = overrides.reset_variant(post.pk, parts=["picture"])
    assert state.preview.variant is not None
    assert state.preview.variant.picture is not None
    assert state.own_parts == ("link",)


def test_another_picture_does_not_keep_the_words_of_the_one_before(post: Dispatch) -> None:
    overrides.edit_variant(post.pk, picture="https://pics.example/horn.jpg", picture_alt="A horn")
    state = overrides.edit_variant(post.pk, picture="https://pics.example/pier.jpg")
    assert any("no alternative text" in concern.message for concern in state.preview.concerns)


def test_it_goes_out_and_is_kept_with_the_approval(letter: Letter, post_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "scripted")
    [scripted] = queue_letter(letter, channels=["scripted"], approve=False).dispatches
    overrides.edit_variant(scripted.pk, link="https://lantern.example/own")
    approval.approve(scripted.pk)
    world.work(scripted)
    assert scripted.variant is not None
    assert scripted.variant["link"] == "https://lantern.example/own"
    assert scripted.approved_override is not None
    assert scripted.approved_override.number == 1


def test_what_is_approved_goes_out_as_it_was_until_the_edit_is_approved(post: Dispatch) -> None:
    approval.approve(post.pk)
    Dispatch.objects.update(due_at=timezone.now() + timedelta(days=1))
    state = overrides.edit_variant(post.pk, text="The horn is back.")
    assert state.change.sentences == ("Its variant was edited since it was approved: what was approved goes out.",)
    post.refresh_from_db()
    assert post.approved_variant is not None
    assert "knows" in post.approved_variant["parts"][0]
    again = reapproval.approve_again(post.pk)
    assert again.approved_variant is not None
    assert again.approved_variant["parts"][0].startswith("The horn is back.")
    assert overrides.state(again).change.sentences == ()


def test_it_is_kept_when_the_letter_changes_and_flagged(post: Dispatch, letter: Letter, draft: Draft) -> None:
    overrides.edit_variant(post.pk, text="The horn is back.", link="https://lantern.example/own")
    letters.take_in(replace(draft, title="Another title"), publication=letter.publication)
    state = overrides.state(Dispatch.objects.get(pk=post.pk))
    assert parts(state)[0].startswith("The horn is back.")
    assert state.change.sentences == ("Its own text and link was written for version 1 of the letter.",)
    rewritten = overrides.edit_variant(post.pk, text="The horn is back again.")
    assert rewritten.change.sentences == ()


def test_the_same_again_writes_nothing(post: Dispatch) -> None:
    overrides.edit_variant(post.pk, text="The horn is back.")
    overrides.edit_variant(post.pk, text="The horn is back.\n")
    assert overrides.history(post).count() == 1


def test_what_cant_be_used_is_refused_and_nothing_is_written(post: Dispatch) -> None:
    with pytest.raises(BadInput, match="Give a text, a picture or a link"):
        overrides.edit_variant(post.pk)
    with pytest.raises(BadInput, match="needs a text"):
        overrides.edit_variant(post.pk, text=" \n")
    with pytest.raises(BadInput, match="no address for the picture"):
        overrides.edit_variant(post.pk, picture="horn.jpg")
    with pytest.raises(StateError, match="template’s already"):
        overrides.reset_variant(post.pk)
    assert not overrides.history(post).exists()


def test_mails_and_pages_say_what_the_letter_says(letter: Letter, mail_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "letterbox")
    readers = world.make_list(letter.publication, 1)
    mail, link = queue_letter(letter, channels=["letterbox", "link"], lists=[readers], approve=False).dispatches
    for dispatch in (mail, link):
        with pytest.raises(BadInput, match="only posts are edited by themselves"):
            overrides.edit_variant(dispatch.pk, text="Other words")


def test_what_is_out_is_not_edited_any_more(letter: Letter, post_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "scripted")
    [dispatch] = world.queue(letter, "scripted")
    world.work(dispatch)
    with pytest.raises(StateError, match="so it can't be edited"):
        overrides.edit_variant(dispatch.pk, text="Other words")


def test_the_command_line_edits_shows_lists_and_takes_back(post: Dispatch) -> None:
    def run(*words: str, typed: str | None = None) -> str:
        result = CliRunner().invoke(cli, ["variants", *words], input=typed)
        assert result.exception is None, result.output
        return " ".join(result.output.split())

    assert "The horn is back." in run("edit", str(post.pk), "--text", "The horn is back.")
    assert "typed here" in run("edit", str(post.pk), "--text", "-", typed="typed here")
    assert "Your own: text (edit 2)." in run("show", str(post.pk))
    run("edit", str(post.pk), "--picture", "none")
    edits = json.loads(run("history", str(post.pk), "--json"))["edits"]
    assert [edit["text"] for edit in edits] == ["The horn is back.", "typed here", "typed here"]
    assert edits[-1]["picture"] == ""
    run("reset", str(post.pk), "--part", "text")
    shown = json.loads(run("show", str(post.pk), "--json"))
    assert shown["override"]["text"] is None
    assert "knows" in shown["variant"]["parts"][0]
    run("reset", str(post.pk))
    last_edit = json.loads(run("history", str(post.pk), "--json"))["edits"][-1]
    assert [last_edit[name] for name in ("text", "picture", "picture_alt", "link")] == [None] * 4
    assert json.loads(run("show", str(post.pk), "--json"))["override"] is None
