"""Which columns of other systems say who gets no mail, and what they say."""

from __future__ import annotations

import io

import pytest

from distributor.audience.csv_files import CsvTable
from distributor.audience.import_rows import Reading, Row, open_people, read_answers
from distributor.domain.errors import BadTable
from distributor.domain.mail_statuses import MailStatus, is_date, is_empty, status_of_word
from distributor.domain.source_systems import own_lists_status, system_of
from distributor.domain.status_columns import Kind, is_of_leavers, status_column

ACTIVE, UNCONFIRMED, LEFT, BOUNCED, COMPLAINED = (status.value for status in MailStatus)


def statuses(header: str, *lines: str, reading: Reading | None = None, list_slug: str = "") -> list[str]:
    """Return the status of each line of a table."""
    text = io.StringIO("\n".join([header, *lines, ""]), newline="")
    rows = list(open_people(CsvTable(text, "“people.csv”"), reading, list_slug=list_slug)[1])
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.status for row in rows if isinstance(row, Row)]


EXPORTS = {
    "Ghost": (
        "id,email,name,subscribed_to_emails,complimentary_plan,created_at,deleted_at",
        {
            "1,a@example.com,A,true,false,2021-12-01T10:00:00.000Z,": ACTIVE,
            "2,b@example.com,B,false,false,2021-12-01T10:00:00.000Z,": LEFT,
            "3,c@example.com,C,true,false,2021-12-01T10:00:00.000Z,2022-01-01T10:00:00.000Z": LEFT,
        },
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at",
        {
            "u1,a@example.com,A,{},enabled,2023-01-01": ACTIVE,
            "u2,b@example.com,B,{},blocklisted,2023-01-01": LEFT,
            "u3,c@example.com,C,{},disabled,2023-01-01": LEFT,
        },
    ),
    "Kit": (
        "id,first_name,email,state,created_at,cancelled_at",
        {
            "1,A,a@example.com,active,2023-01-01,": ACTIVE,
            "2,B,b@example.com,cancelled,2023-01-01,2023-05-05": LEFT,
            "3,C,c@example.com,bounced,2023-01-01,": BOUNCED,
            "4,D,d@example.com,complained,2023-01-01,": COMPLAINED,
            "5,E,e@example.com,inactive,2023-01-01,": LEFT,
        },
    ),
    "Campaign Monitor": (
        "Email Address,Name,Date Subscribed,Status",
        {
            "a@example.com,A,2020-01-01,Active": ACTIVE,
            "b@example.com,B,2020-01-01,Unsubscribed": LEFT,
            "c@example.com,C,2020-01-01,Bounced": BOUNCED,
            "d@example.com,D,2020-01-01,Deleted": LEFT,
            "e@example.com,E,2020-01-01,Unconfirmed": UNCONFIRMED,
        },
    ),
    "Buttondown": (
        "email_address,creation_date,subscriber_type,tags,unsubscription_date,unsubscription_reason",
        {
            "a@example.com,2023-01-01,regular,,,": ACTIVE,
            "b@example.com,2023-01-01,premium,,,": ACTIVE,
            "c@example.com,2023-01-01,unsubscribed,,2023-03-03,too many": LEFT,
            "d@example.com,2023-01-01,unactivated,,,": UNCONFIRMED,
            "e@example.com,2023-01-01,undeliverable,,,": BOUNCED,
            "f@example.com,2023-01-01,complained,,,": COMPLAINED,
        },
    ),
    "beehiiv": (
        "email,status,created,subscription_premium_tier,utm_source",
        {
            "a@example.com,active,2023-01-01,free,x": ACTIVE,
            "b@example.com,inactive,2023-01-01,free,x": LEFT,
            "c@example.com,pending,2023-01-01,free,x": UNCONFIRMED,
            "d@example.com,validating,2023-01-01,free,x": UNCONFIRMED,
            "e@example.com,invalid,2023-01-01,free,x": BOUNCED,
        },
    ),
    "Substack": (
        "email,active_subscription,expiry,plan,email_disabled,created_at",
        {
            "a@example.com,true,,other,false,2021-05-01T10:00:00.000Z": ACTIVE,
            "b@example.com,false,,free,false,2021-05-01T10:00:00.000Z": ACTIVE,  # pays nothing, reads all that is free
            "c@example.com,false,,free,true,2021-05-01T10:00:00.000Z": LEFT,
        },
    ),
    "Mailchimp": (
        (
            "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,"
            "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,CLEAN_TIME,LEID"
        ),
        {
            "a@example.com,A,2,2020-01-01 10:00:00,,,,,1": ACTIVE,
            'b@example.com,B,2,,"2022-03-04 10:00:00","Letter 12",NORMAL,,2': LEFT,
            "c@example.com,C,2,2020-01-01 10:00:00,,,,2022-03-04 10:00:00,3": BOUNCED,
            "d@example.com,D,2,2020-01-01 10:00:00,2022-03-04 10:00:00,Letter 12,SPAM,,4": COMPLAINED,
        },
    ),
}


@pytest.mark.parametrize("system", EXPORTS)
def test_exports_of_other_systems(system: str) -> None:
    header, lines = EXPORTS[system]
    assert statuses(header, *lines) == list(lines.values())
    recognised = system_of(header.split(","))
    assert recognised is not None
    assert recognised.name == system


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        *(("HasOptedOutOfEmail", "1", LEFT), ("Opted Out of Email", "No", ACTIVE), ("EMAIL_BLACKLISTED", "TRUE", LEFT)),
        *(("Accepts Email Marketing", "no", LEFT), ("Email permission status", "Unsubscribed", LEFT)),
        *(("Unsubscribed from all email", "Yes", LEFT), ("Confirmed Opt-Out Date", "05/06/2023 10:00 AM", LEFT)),
        *(("Unsubscribe Date", "Mar 3, 2023", LEFT), ("unsubscribed_at", "1678812345", LEFT), ("is_active", "0", LEFT)),
        *(("email_verified", "false", UNCONFIRMED), ("Spam", "yes", COMPLAINED), ("Bounced At", "2023-03-03", BOUNCED)),
        *(("unsubscribed_at", "0000-00-00 00:00:00", ACTIVE), ("unsubscribed_at", "NULL", ACTIVE)),
        *(("구독 상태", "수신거부", LEFT), ("구독상태", "구독중", ACTIVE), ("수신거부일", "2023.03.03", LEFT)),
        *(("수신 동의", "아니오", LEFT), ("ステータス", "配信停止", LEFT), ("ステータス", "購読中", ACTIVE)),
        *(
            ("Status", "abgemeldet", LEFT),
            ("Abgemeldet am", "03.03.2023", LEFT),
            ("Status", "Unbestätigt", UNCONFIRMED),
        ),
        *(("Statut", "Désabonné", LEFT), ("Estado", "dado de baja", LEFT), ("Fecha de baja", "3/3/2023", LEFT)),
    ],
)
def test_columns_of_any_naming(name: str, value: str, status: str) -> None:
    assert statuses(f"email,{name}", f'a@example.com,"{value}"') == [status]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("created_at", "2020-01-01"), ("Date Subscribed", "2020-01-01"), ("OPTIN_TIME", ""), ("confirmed_at", "")),
        *(("Unsubscribe URL", "https://example.com/u/1"), ("unsubscribe_token", "x1"), ("bounce_count", "0")),
        *(("plan", "free"), ("Order Status", "shipped"), ("Marital status", "single"), ("status_updated_at", "")),
        *(("tags", "active"), ("city", "Left"), ("spam_score", "1"), ("clicks", "0")),
    ],
)
def test_other_columns_are_attributes(name: str, value: str) -> None:
    assert statuses(f"email,{name}", f'a@example.com,"{value}"') == [ACTIVE]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("status", "dormant"),
            ("status", ""),
            ("State", "CA"),
            ("subscribed", "weekly"),
            ("unsubscribed", "perhaps"),
        ),
        *(("opt_out_sms", "true"), ("Active Subscription", "no"), ("last_bounce_at", "2023-01-01")),
        *(("payment_status", "cancelled"), ("subscribed", ""), ("unsubscribed", "perhaps")),
    ],
)
def test_what_is_not_known_is_asked(name: str, value: str) -> None:
    assert statuses(f"email,{name}", f"a@example.com,{value}") == [f"?{name}={value}"]


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        *(("Newsletter", "unsubscribed", LEFT), ("Newsletter", "subscribed", ACTIVE), ("Newsletter", "Weekly", ACTIVE)),
        *(("newsletter", "1", ACTIVE), ("newsletter", "0", LEFT), ("newsletter", "2023-01-01", ACTIVE)),
        *(("marketing consent", "no", LEFT), ("marketing consent", "yes", ACTIVE), ("GDPR consent", "withdrawn", LEFT)),
        *(("marketing_emails", "false", LEFT), ("Einwilligung", "nein", LEFT), ("consentement", "oui", ACTIVE)),
        *(("receive newsletter?", "N", LEFT), ("Wants newsletter", "no", LEFT), ("Infolettre", "non", LEFT)),
        *(("is_valid", "0", BOUNCED), ("is_valid", "1", ACTIVE), ("Email valid", "false", BOUNCED)),
        *(("deliverable", "no", BOUNCED), ("valid_from", "2023-01-01", ACTIVE), ("newsletter_id", "0", ACTIVE)),
        *(("配信", "しない", LEFT), ("配信", "する", ACTIVE), ("メルマガ", "不要", LEFT), ("メルマガ", "希望", ACTIVE)),
        *(("뉴스레터", "안 함", LEFT), ("뉴스레터", "동의함", ACTIVE), ("마케팅 수신 동의", "동의하지 않음", LEFT)),
        *(("рассылка", "нет", LEFT), ("boletín", "sí", ACTIVE), ("nyhetsbrev", "nej", LEFT)),
    ],
)
def test_a_column_of_consent_is_understood(name: str, value: str, status: str) -> None:
    assert statuses(f"email,{name}", f'a@example.com,"{value}"') == [status]


@pytest.mark.parametrize("name", ["group", "anything", "Segment", "Bemerkung"])
@pytest.mark.parametrize(
    ("value", "status"),
    [
        *(("unsubscribed", LEFT), ("Opted-out", LEFT), ("abgemeldet", LEFT), ("désabonné", LEFT), ("수신거부", LEFT)),
        *(("配信停止", LEFT), ("bounced", BOUNCED), ("Hard bounce", BOUNCED), ("complained", COMPLAINED)),
        *(("readers", ACTIVE), ("left", ACTIVE), ("removed", ACTIVE), ("unsubscribed from SMS", ACTIVE)),
    ],
)
def test_a_cell_that_says_that_someone_left_is_understood_in_any_column(name: str, value: str, status: str) -> None:
    assert statuses(f"email,{name}", f'a@example.com,"{value}"') == [status]


@pytest.mark.parametrize("name", ["tags", "Labels", "groups", "lists", "태그"])
@pytest.mark.parametrize("value", ["news,unsubscribed", "news; Unsubscribed", '["news", "unsubscribed"]', "a|optout|b"])
def test_one_of_several_tags_says_it_too(name: str, value: str) -> None:
    quoted = value.replace('"', '""')
    assert statuses(f"email,{name}", f'a@example.com,"{quoted}"') == [LEFT]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("group", "invalid"), ("quality", "Invalid email"), ("notes", "moved, bounced, new one asked")),
        *(("newsletter", ""), ("newsletter", "-"), ("Abo", "nein"), ("subscription", "no"), ("구독", "아니오")),
        *(("SMS marketing consent", "no"), ("consent", "")),
    ],
)
def test_what_may_say_it_is_asked(name: str, value: str) -> None:
    assert statuses(f"email,{name}", f'a@example.com,"{value}"') == [f"?{name}={value}"]


def test_a_persons_answer_goes_before_a_cells_word() -> None:
    line = 'a@example.com,"news,unsubscribed"'
    assert statuses("email,tags", line, reading=Reading(answers=read_answers(["tags=news,unsubscribed"], []))) == [
        ACTIVE
    ]
    assert statuses("email,tags", line, reading=Reading({"tags": "attributes.tags"})) == [ACTIVE]
    assert statuses(
        "email,newsletter", "a@example.com,", reading=Reading(answers=read_answers([], ["newsletter="]))
    ) == [LEFT]


def test_names_and_addresses_say_no_status() -> None:
    assert statuses("email,name,language", "unsubscribed@example.com,Unsubscribed,en") == [ACTIVE]


@pytest.mark.parametrize(
    "name",
    [
        *("unsubscribe.csv", "suppression_bounces.csv", "Suppressions.csv", "bounce-2023.csv", "spam_reports.csv"),
        *(
            "global_unsubscribes.csv",
            "invalid_emails.csv",
            "suppression_blocks.csv",
            "optout.csv",
            "do not mail.csv",
            "수신거부.csv",
        ),
    ],
)
def test_a_file_is_told_by_its_name(name: str) -> None:
    assert is_of_leavers(name)


@pytest.mark.parametrize("name", ["readers.csv", "cleaned.csv", "building blocks.csv", "active.csv"])
def test_other_files_are_not(name: str) -> None:
    assert not is_of_leavers(name)


@pytest.mark.parametrize("header", ["email,created", "email,Order Status,newsletter", "email,tags"])
def test_a_file_of_leavers_without_a_column_that_says_so_is_refused(header: str) -> None:
    with pytest.raises(BadTable, match="people who get no mail"):
        open_people(CsvTable(io.StringIO(f"{header}\n"), "“suppression_unsubscribes.csv”"))


def test_who_is_gone_by_one_column_is_gone_whatever_another_one_says() -> None:
    header = "email,status,unsubscribed_at,bounced"
    assert statuses(header, "a@example.com,active,2020-01-01,", "b@example.com,dormant,,yes") == [LEFT, BOUNCED]


def test_a_person_says_what_values_mean() -> None:
    reading = Reading(answers=read_answers(["Dormant"], ["status=gone away", "B"]))
    lines = ("a@example.com,dormant,B", "b@example.com,Gone  away,A", "c@example.com,active,A")
    assert statuses("email,status,group", *lines, reading=reading) == [ACTIVE, LEFT, ACTIVE]
    by_column = Reading({"group": "status"}, read_answers(["A"], ["group=B"]))
    assert statuses("email,group", "a@example.com,A", "b@example.com,B", reading=by_column) == [ACTIVE, LEFT]
    attribute = Reading({"state": "attributes.State"})
    assert statuses("email,State", "a@example.com,CA", reading=attribute) == [ACTIVE]
    assert statuses("email,State", "a@example.com,CA", reading=Reading({"state": "-"})) == [ACTIVE]


def test_what_is_wrong_with_their_name_keeps_nobody_among_those_who_are_mailed() -> None:
    assert statuses("email,name,time_zone,status", f"a@example.com,{'x' * 300},Mars,unsubscribed") == [LEFT]


def test_our_own_export_says_which_list_was_left() -> None:
    header = "email,name,language,time_zone,lists"
    lines = ("a@example.com,,,,readers: active; friends: left 2026-01-31", "b@example.com,,,,friends: left 2026-01-31")
    assert statuses(header, *lines, list_slug="friends") == [LEFT, LEFT]
    assert statuses(header, *lines, list_slug="readers") == [ACTIVE, LEFT]
    assert statuses(header, *lines, list_slug="new") == [ACTIVE, LEFT]
    assert own_lists_status("Gold list", "new") is None
    assert statuses("email,lists", "a@example.com,Gold list") == [ACTIVE]


def test_words_and_cells() -> None:
    assert status_of_word(" Hard-Bounced ") is MailStatus.BOUNCED
    assert status_of_word("soft bounced") is None
    assert all(is_empty(text) for text in ("", "-", "NULL", "n/a", "0000-00-00"))
    assert all(
        is_date(text) for text in ("2023-01-01T10:00:00Z", "1.2.2023", "2023년 3월 3일", "3 March 2023", "20230303")
    )
    assert not any(is_date(text) for text in ("12", "soon", "3.14", "2023"))
    column = status_column("UNSUB_REASON")
    assert column is not None
    assert (column.kind, column.is_text) == (Kind.GONE, True)


@pytest.mark.parametrize(
    ("name", "says_so", "says_so_of_addresses"),
    [
        ("unsubscribed_members.csv", True, True),
        ("Do-Not-Mail.csv", True, True),
        ("opt_out list.csv", True, True),
        ("desabonnes.csv", True, True),
        ("Désinscrits 2026.csv", True, True),
        ("cleaned_members.csv", False, True),
        ("removed.csv", False, True),
        ("donors who mail.csv", False, False),
        ("subscribed.csv", False, False),
    ],
)
def test_what_a_files_name_says(name: str, says_so: bool, says_so_of_addresses: bool) -> None:
    assert is_of_leavers(name) is says_so
    assert is_of_leavers(name, addresses_only=True) is says_so_of_addresses
