"""The commands as people type them: real processes, real services, exit codes and sentences."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.commands import COMMAND, SAMPLE, House, house

BAR = ["facebook", "twitter", "kakao", "mail", "link"]


@pytest.fixture(scope="module")
def lantern() -> Iterator[House]:
    """A house with one publication, one list and no account."""
    with house() as made:
        made.fine(
            "publications", "add", "The Lantern Post", "--sender", "letters@lantern-post.example",
            "--time-zone", "Asia/Seoul",
        )  # fmt: skip
        made.fine(
            "subscribers", "import", "-", "--list", "readers", given="email\nada@readers.example\nbo@readers.example\n"
        )
        yield made


@pytest.fixture
def bare(tmp_path: Path) -> House:
    """A data folder without anything: for commands that need no service."""
    return House(tmp_path)


class TestOnAPath:
    def test_a_reader_that_hangs_up_is_no_error(self, bare: House) -> None:
        pipe = f"{' '.join(COMMAND)} fit --channel link --lines | head -n 1"
        lines = b'"a letter"\n' * 50_000
        done = subprocess.run(["sh", "-c", pipe], input=lines, capture_output=True, env=bare.environment(), check=False)
        assert done.stdout.count(b"\n") == 1
        assert done.stderr == b""

    def test_standard_input_and_exit_codes(self, bare: House) -> None:
        assert bare.fine("inspect", "-", given=SAMPLE.read_bytes())["share_bar"] == BAR
        assert "There is no file" in bare.refused("inspect", "gone.html")

    def test_another_locale_changes_nothing(self, bare: House) -> None:
        for locale in ("C", "POSIX", "en_US.ISO-8859-1"):
            ran = bare.run("inspect", SAMPLE, LC_ALL=locale, PYTHONIOENCODING="latin-1")
            assert ran.code == 0, ran.said
            assert "― ED." in ran.out


class TestTemplates:
    def test_a_broken_template_is_named_with_its_line(self, lantern: House) -> None:
        own = lantern.home / "templates" / "the-lantern-post" / "social"
        own.mkdir(parents=True)
        for broken in ("\n\n{% if %}", "\n\n{{ letter.nothing_of_the_kind }}"):
            (own / "twitter.txt").write_text(broken)
            ran = lantern.run("preview", SAMPLE, "--publication", "the-lantern-post", "--channel", "twitter", "--json")
            assert ran.code == 2
            assert "social/twitter.txt, line 3" in ran.said
            assert ran.said.count("\n") == 1
        (own / "twitter.txt").unlink()


class TestQueue:
    def test_what_has_no_account_is_blocked_and_the_rest_is_scheduled(self, lantern: House) -> None:
        queued = lantern.fine("queue", SAMPLE, "--at", "tomorrow 9:00", "--list", "readers")
        states = {one["channel"]: one["state"] for one in queued["dispatches"]}
        assert states == {**dict.fromkeys(BAR, "blocked"), "link": "scheduled"}
        reasons = {one["channel"]: one["reason"] for one in queued["dispatches"]}
        assert "No X (Twitter) account is connected" in reasons["twitter"]

        link = next(one["id"] for one in queued["dispatches"] if one["channel"] == "link")
        letter = f"L{queued['letter']['id']}"
        assert [one["state"] for one in lantern.fine("pause", str(link))["dispatches"]] == ["paused"]
        assert [one["state"] for one in lantern.fine("resume", str(link))["dispatches"]] == ["scheduled"]
        refused = lantern.run("confirm", str(link), "--json")
        assert refused.code == 1
        assert "It is scheduled, so it can't be marked as sent" in refused.said
        assert {one["state"] for one in lantern.fine("status", letter)["dispatches"]} == {"blocked", "scheduled"}
        assert "link" in lantern.run("status").out
        assert {one["state"] for one in lantern.fine("cancel", letter, "--yes")["dispatches"]} == {"cancelled"}

    def test_times_are_meant_in_the_publications_zone(self, lantern: House) -> None:
        queued = lantern.fine("queue", SAMPLE, "--channels", "link", "--at", "2027-01-01 09:00", "--hold", "0")
        assert queued["dispatches"][0]["due_at"] == "2027-01-01T00:00:00+00:00"
        lantern.fine("cancel", f"L{queued['letter']['id']}", "--yes")

    def test_bad_settings_store_nothing(self, lantern: House, tmp_path: Path) -> None:
        fresh = tmp_path / "fresh.md"
        fresh.write_text(
            "# Never stored\n\nDear reader,\n\nThis letter must not be queued by a command that is refused.\n"
        )
        arguments = [
            (("--at", "yesterdayish"), "not a time that can be understood"),
            (("--at", "2020-01-01 09:00"), "has passed"),
            (("--list", "strangers"), "has no list “strangers”: it has"),
            (("--publication", "other"), "There is no publication “other”"),
        ]
        before = lantern.fine("status")
        for options, words in arguments:
            assert words in lantern.refused("queue", fresh, *options)
        assert lantern.fine("status") == before
        count = (
            "from distributor.letters.models import Letter; print(Letter.objects.filter(title='Never stored').count())"
        )
        assert lantern.run("manage", "shell", "--no-imports", "-c", count).out.strip() == "0"

    def test_an_id_that_is_not_there(self, lantern: House) -> None:
        assert "There is no dispatch 999999" in lantern.refused("status", "999999")
        assert "“seven” is no ID" in lantern.refused("pause", "seven")


class TestSettings:
    @staticmethod
    def chosen(said: Any) -> dict[str, str]:
        """What differs from its default."""
        return {one["name"]: one["value"] for one in said["settings"] if one["value"] != one["default"]}

    def test_what_is_chosen_shows_in_the_preview_until_it_is_taken_back(self, lantern: House, tmp_path: Path) -> None:
        page = tmp_path / "without-a-summary.html"  # so that its post is long
        text = re.sub(r"<meta [^>]*description[^>]*>", "", SAMPLE.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8")
        setting = ("publications", "channel-settings", "twitter")
        shown = lantern.fine(*setting)
        assert (shown["publication"], shown["channel"]) == ("the-lantern-post", "twitter")
        assert next(one for one in shown["settings"] if one["name"] == "thread") == {
            "name": "thread",
            "label": "Thread",
            "help": "Split a post that is too long into a thread, instead of shortening it.",
            "choices": ["no", "yes"],
            "default": "no",
            "value": "no",
        }
        assert self.chosen(shown) == {}

        preview = ("preview", page, "--publication", "the-lantern-post", "--channel", "twitter")
        [one] = lantern.fine(*preview)["previews"]
        assert len(one["variant"]["parts"]) == 1
        said = lantern.fine(*setting, "thread=yes", "reply_settings=following", "--publication", "the-lantern-post")
        assert self.chosen(said) == {"thread": "yes", "reply_settings": "following"}
        [one] = lantern.fine(*preview)["previews"]
        assert len(one["variant"]["parts"]) > 1
        assert one["variant"]["data"]["reply_settings"] == "following"

        assert self.chosen(lantern.fine(*setting, "thread=")) == {"reply_settings": "following"}
        assert self.chosen(lantern.fine(*setting, "reply_settings=everyone")) == {}

    def test_people_see_a_table(self, lantern: House) -> None:
        ran = lantern.run("publications", "channel-settings", "telegram", "silent=yes")
        assert ran.code == 0
        assert "yes *" in ran.out
        assert "preview picture" in ran.out
        assert ran.said == "* is chosen; the others are the default.\n"
        lantern.fine("publications", "channel-settings", "telegram", "silent=")
        assert "slots" in lantern.run("publications", "channel-settings", "link").out

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (("pigeon",), "There is no channel “pigeon”: choose from facebook, "),
            (("twitter", "thread"), "“thread” is not a setting: write NAME=VALUE, or NAME= to go back to the default."),
            (("twitter", "=yes"), "“=yes” is not a setting: "),
            (("twitter", "picture=card", "thread=maybe"), "“maybe” is not a choice for thread: choose from no, yes."),
            (
                ("twitter", "picture=card", "tone=loud"),
                "There is no setting “tone” for X (Twitter): choose from thread, ",
            ),
            (("link", "thread=yes"), "There is no setting “thread” for Link: choose from slots."),
            (("link", "slots=9:00"), "Write the day before “9:00”, as in “Mon 09:00"),
            (("twitter", "thread=yes", "--publication", "other"), "There is no publication “other”"),
        ],
    )
    def test_bad_settings_store_nothing(self, lantern: House, arguments: tuple[str, ...], sentence: str) -> None:
        assert lantern.refused("publications", "channel-settings", *arguments).startswith(sentence)
        assert self.chosen(lantern.fine("publications", "channel-settings", "twitter")) == {}


class TestServicesAway:
    def test_the_database(self, bare: House) -> None:
        said = bare.refused(
            "status", DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/x", REDIS_URL="redis://127.0.0.1:1/0"
        )
        assert "PostgreSQL does not answer at 127.0.0.1:1" in said
        assert "hunter2" not in said

    def test_redis_and_nothing_half_done(self, lantern: House) -> None:
        before = lantern.fine("status")
        said = lantern.refused("queue", SAMPLE, "--channels", "link", REDIS_URL="redis://:hunter2@127.0.0.1:1/0")
        assert "Redis does not answer" in said
        assert "hunter2" not in said
        assert lantern.fine("status") == before

    def test_a_url_of_another_database(self, bare: House) -> None:
        assert "postgresql://" in bare.refused("status", DATABASE_URL="mysql://me:hunter2@127.0.0.1/x")

    def test_a_secret_file_that_is_not_there(self, bare: House) -> None:
        assert "DATABASE_URL_FILE" in bare.refused(
            "status", DATABASE_URL_FILE="/no/such/file", REDIS_URL="redis://127.0.0.1:1"
        )


class TestSubscribers:
    def test_good_rows_are_kept_and_bad_ones_reported(self, lantern: House, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text(
            "\ufeffE-Mail;Name;City\ncy@readers.example;Cy;Busan\nnobody;;\ncy@readers.example;;\ndi@readers.example;Di;\n"
        )
        ran = lantern.run("subscribers", "import", file, "--list", "friends", "--json")
        assert ran.code == 2
        assert (ran.json["added"], [one["row"] for one in ran.json["problems"]]) == (2, [3, 4])
        assert ran.said == (
            "2 rows were not taken in: row 3: “nobody” is not a mail address; "
            "row 4: cy@readers.example is in row 2 already.\n"
        )
        assert "The list “frends” was not there: it would be made. There is a list “friends”" in (
            lantern.run("subscribers", "import", file, "--list", "frends", "--dry-run").out
        )
        exported = lantern.run("subscribers", "export", "--list", "friends").out
        assert exported == (
            "email,name,language,time_zone,City\ncy@readers.example,Cy,,,Busan\ndi@readers.example,Di,,,\n"
        )
        again = lantern.run("subscribers", "import", "-", "--list", "friends", given=exported)
        assert again.code == 0, again.said
        assert again.out == "On the list “friends”.\n0 added, 0 updated, 2 unchanged.\n"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (None, "There is no file"),
            (b"", "is empty"),
            (b"name,phone\nAda,1\n", "has no column “email”"),
            (b"email,Status\na@example.com,dormant\n", "--left “Status=dormant”"),
        ],
    )
    def test_a_bad_table_makes_no_list(self, lantern: House, tmp_path: Path, content: bytes | None, words: str) -> None:
        file = tmp_path / "table.csv"
        if content is not None:
            file.write_bytes(content)
        assert words in lantern.refused("subscribers", "import", file, "--list", "never")
        assert "never" not in {one["slug"] for one in lantern.fine("subscribers", "lists")}

    def test_what_another_system_says_is_told_and_kept(self, lantern: House, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_bytes("email;Status\nada@example.com;Zoë\nbo@example.com;unsubscribed\n".encode("latin-1"))
        asked = ("subscribers", "import", str(file), "--list", "elsewhere", "--active", "Status=ZOË")
        told = (
            "It was read as Western European (Windows-1252): see whether names look right, or give its encoding.",
            "Who gets no mail is told by “Status”.",
            "The list “elsewhere” was not there: it would be made.",
            "Nothing is stored. It would be: 1 added, 0 updated, 0 unchanged.",
            "Not mailed: 1 had left.",
        )
        assert lantern.run(*asked, "--dry-run").out.splitlines() == list(told)
        assert "is not an encoding" in lantern.refused(*asked, "--encoding", "klingon")
        assert lantern.run(*asked, "--encoding", "latin-1").out.splitlines()[-1] == "Not mailed: 1 had left."
        exported = lantern.run("subscribers", "export", "--list", "elsewhere", "--state", "all").out
        assert "bo@example.com,,,,left" in exported


class TestSettingUp:
    def test_accounts_come_from_standard_input(self, lantern: House) -> None:
        added = lantern.fine(
            "accounts", "add", "twitter", "--name", "Lantern on X", given='{"access_token": "very-secret-token"}'
        )
        assert added == {"channel": "twitter", "name": "Lantern on X", "practice": False, "went_on": 0, "drafts": 0}
        listed = lantern.run("accounts", "list", "--json")
        assert listed.json[0]["name"] == "Lantern on X"
        assert "very-secret" not in listed.out

    @pytest.mark.parametrize(
        ("arguments", "given", "words"),
        [
            (("pigeon", "--name", "x"), "{}", "There is no channel “pigeon”"),
            (("twitter",), "{}", "--name"),
            (("link", "--name", "x"), "{}", "needs no account"),
            (("twitter", "--name", "x"), "[]", "one JSON object"),
            (("twitter", "--name", "x"), '{"token": "abc"}', "has no “token”"),
        ],
    )
    def test_bad_accounts(self, lantern: House, arguments: tuple[str, ...], given: str, words: str) -> None:
        assert words in lantern.refused("accounts", "add", *arguments, given=given)

    def test_a_providers_account_says_where_it_is_to_report(self, lantern: House) -> None:
        given = '{"url": "postmark://very-secret-token@"}'
        added = lantern.run("accounts", "add", "mail", "--name", "Postmark", given=given)
        assert added.code == 0, added.said
        address = added.out.splitlines()[-1]
        assert "/webhooks/mail/postmark/" in address
        assert lantern.run("accounts", "webhook", "Postmark").out.strip() == address
        listed = lantern.run("accounts", "list", "--json")
        assert address.rpartition("/")[2] not in listed.out + added.said
        assert "very-secret-token" not in listed.out + added.out + added.said
        [shown] = [one["webhook"] for one in listed.json if one["name"] == "Postmark"]
        assert shown == f"{address.rpartition('/')[0]}/…"
        assert "no mail account" in lantern.refused("accounts", "webhook", "Pigeon")

    def test_stored_credentials_are_encrypted_with_the_newest_key(self, lantern: House) -> None:
        lantern.fine("accounts", "add", "twitter", "--name", "Sealed", given='{"access_token": "very-secret-token"}')
        old, new = (lantern.home / "secret_key").read_text().strip(), "n" * 50
        resealed = lantern.run("accounts", "reseal", "--json", DISTRIBUTOR_SECRET_KEY=f"{new},{old}")
        assert resealed.code == 0, resealed.said
        assert resealed.json["resealed"] >= 1
        refused = lantern.run("accounts", "reseal", DISTRIBUTOR_SECRET_KEY=old)
        assert refused.code != 0
        assert "add the key they were stored with" in refused.said
        back = lantern.run("accounts", "reseal", DISTRIBUTOR_SECRET_KEY=f"{old},{new}")
        assert "newest secret key" in back.out

    def test_a_secret_that_is_made_is_shown_once(self, lantern: House) -> None:
        given = '{"url": "https://app.example.org/letters"}'
        added = lantern.run("accounts", "add", "webhook", "--name", "App", given=given)
        secret = added.out.splitlines()[-1]
        assert secret.startswith("whsec_"), added.said
        assert secret not in lantern.run("accounts", "list", "--json").out
        again = lantern.fine("accounts", "add", "webhook", "--name", "App", given=given)
        assert again["made"]["secret"].startswith("whsec_")
        assert again["made"]["secret"] != secret
        known = '{"url": "https://app.example.org/letters", "secret": "whsec_given"}'
        assert "made" not in lantern.fine("accounts", "add", "webhook", "--name", "App", given=known)

    def test_editors(self, lantern: House) -> None:
        made = lantern.fine("users", "add", "ida")
        assert len(made["password"]) >= 12
        assert "There is an editor “ida” already" in lantern.refused("users", "add", "ida")
        assert ("ida", "active") in [(one["name"], one["state"]) for one in lantern.fine("users", "list")]

    def test_an_editor_is_kept_out_and_removed(self, lantern: House) -> None:
        typed = lantern.run("users", "add", "eve", given="a long sentence for eve\n")
        assert (typed.out, typed.said) == ("eve can use the desk.\n", "")
        typed = lantern.run("users", "password", "eve", given="another long sentence\r\n")
        assert (typed.out, typed.said) == ("eve has a new password.\n", "")
        assert lantern.refused("users", "password", "eve", given="short")
        assert lantern.refused("users", "password", "eve", given=b"\xff\xfe\n").endswith("convert it first.")
        assert "too long" in lantern.refused("users", "password", "eve", given="x" * 5000)
        first = lantern.fine("users", "add", "bo")["password"]
        assert lantern.fine("users", "password", "bo", "--generate")["password"] != first
        assert "bo can't use the desk any more" in lantern.run("users", "deactivate", "bo").out
        assert "bo can use the desk again." in lantern.run("users", "activate", "bo").out
        assert "bo is an admin now." in lantern.run("users", "role", "bo", "admin").out
        assert "bo is an editor now." in lantern.run("users", "role", "bo", "editor").out
        assert lantern.refused("users", "no-second-factor", "bo") == "bo has no second factor."
        assert lantern.refused("users", "remove", "bo").endswith("If that is meant, add --yes.")
        assert "bo is removed." in lantern.run("users", "remove", "bo", "--yes").out
        assert "bo" not in [one["name"] for one in lantern.fine("users", "list")]
        assert "“bo” was an editor who is removed" in lantern.refused("users", "add", "bo")
        sentence = "There is no editor “bo”: “distributor users list” names them."
        for command, *more in (
            ("password", "--generate"),
            ("deactivate",),
            ("activate",),
            ("role", "admin"),
            ("no-second-factor",),
        ):
            assert lantern.refused("users", command, "bo", *more) == sentence

    def test_bad_publications(self, lantern: House) -> None:
        assert "There is no time zone" in lantern.refused("publications", "add", "X", "--time-zone", "Mars/Olympus")
        assert "is not an email address" in lantern.refused("publications", "add", "X", "--sender", "nobody")
        assert "already" in lantern.refused("publications", "add", "The Lantern Post")

    def test_a_publication_that_is_not_there(self, lantern: House) -> None:
        sentence = "There is no publication “lantern”: choose from the-lantern-post."
        assert lantern.refused("publications", "edit", "lantern", "name=X") == sentence
        assert lantern.refused("accounts", "list", "--publication", "lantern") == sentence

    def test_without_anything_it_says_what_to_do(self) -> None:
        with house(tables=False) as empty:
            yet = "There is no publication yet: make one with “distributor publications add NAME --sender ADDRESS”."
            assert empty.refused("digests", "on", "lantern") == yet
            assert empty.refused("segments", "list") == yet
            for arguments in (("accounts", "list"), ("publications", "list"), ("users", "list"), ("dkim", "list")):
                assert f"“distributor {arguments[0]} add " in empty.run(*arguments).out
            assert empty.run("suppressions", "list").out == "No address is suppressed.\n"
            empty.fine("publications", "add", "One")
            assert "“distributor segments add SLUG --where WORDS”" in empty.run("segments", "list").out
            assert "“distributor digests on PUBLICATION”" in empty.run("digests", "list").out
            assert "“distributor subscribers import FILE --list SLUG”" in empty.run("subscribers", "lists").out
            empty.fine("publications", "add", "Two")
            several = "There are several publications: name one with {}, from one, two."
            assert empty.refused("segments", "list") == several.format("--publication")
            assert empty.refused("publications", "show") == several.format("SLUG")

    def test_doctor(self, lantern: House) -> None:
        ran = lantern.run("doctor", "--json")
        assert ran.code == 0, ran.out
        states = {(one["name"], one["state"]) for one in ran.json["findings"]}
        assert {
            ("database", "fine"),
            ("tables", "fine"),
            ("clock", "fine"),
            ("redis", "fine"),
            ("templates", "fine"),
        } <= states
        assert ("workers", "note") in states

        own = lantern.home / "templates" / "the-lantern-post" / "email"
        own.mkdir(parents=True, exist_ok=True)
        broken = own / "broken.txt"
        broken.write_text("{% for %}")
        sick = lantern.run("doctor")
        broken.unlink()
        assert sick.code == 1
        assert "broken.txt, line 1" in sick.out

    def test_doctor_says_what_is_away(self, bare: House) -> None:
        ran = bare.run("doctor", "--json", DATABASE_URL="postgresql://127.0.0.1:1/x", REDIS_URL="redis://127.0.0.1:1/0")
        assert ran.code == 1
        assert any("PostgreSQL does not answer" in one["message"] for one in ran.json["findings"])

    def test_manage_passes_on(self, lantern: House) -> None:
        ran = lantern.run("manage", "check")
        assert ran.code == 0, ran.said
        assert "no issues" in ran.out
        assert lantern.run("manage", "no-such-command").code != 0

    def test_settings_are_listed_without_values(self, bare: House) -> None:
        ran = bare.run("settings", "--json", DISTRIBUTOR_SECRET_KEY="do-not-show")
        assert "do-not-show" not in ran.out
        assert {one["name"]: one["set"] for one in ran.json}["DISTRIBUTOR_SECRET_KEY"] is True
