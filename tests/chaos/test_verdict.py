"""The judge of the chaos runs: it has to see every kind of loss and repeat, and nothing where there is none."""

from __future__ import annotations

from benchmarks.support.verdicts import judge, read

EVERYONE = ["ada@a.example", "bo@a.example", "cy@a.example"]


def taken(*recipients: str, message_id: str = "<1@lantern.example>") -> list[str]:
    return [f"A {message_id} {recipient}\n" for recipient in recipients]


def test_a_campaign_without_a_flaw() -> None:
    outcomes = {"ada@a.example": "accepted", "bo@a.example": "rejected", "cy@a.example": "accepted"}
    verdict = judge(read(taken("ada@a.example", "cy@a.example")), outcomes, EVERYONE)
    assert (verdict.lost, verdict.repeated, verdict.faults(0)) == (0, 0, [])
    assert (verdict.at_relay, verdict.accepted) == (2, 2)


def test_who_has_no_outcome_is_lost() -> None:
    verdict = judge(read(taken("ada@a.example")), {"ada@a.example": "accepted"}, EVERYONE)
    assert verdict.lost == 2
    assert verdict.faults(0) == ["2 recipients have no outcome"]


def test_who_is_accepted_and_never_arrived_is_lost() -> None:
    outcomes = dict.fromkeys(EVERYONE, "accepted")
    verdict = judge(read(taken("ada@a.example", "bo@a.example")), outcomes, EVERYONE)
    assert verdict.lost == 1
    assert verdict.faults(0) == ["1 recipients are accepted in the ledger, and not at the relay"]


def test_repeats_are_counted_and_excused_up_to_the_bound() -> None:
    record = read(taken("ada@a.example", "ada@a.example", "ada@a.example", "bo@a.example", "cy@a.example"))
    verdict = judge(record, dict.fromkeys(EVERYONE, "accepted"), EVERYONE)
    assert (verdict.repeated, verdict.repeated_by_kills) == (2, 2)
    assert verdict.faults(2) == []
    assert verdict.faults(1) == ["2 repeats are more than the 1 that the kills excuse"]


def test_a_repeat_after_an_answer_that_the_relay_withheld_is_not_the_kills() -> None:
    record = read([*taken(*EVERYONE), "L <1@lantern.example> ada@a.example\n", *taken("ada@a.example")])
    verdict = judge(record, dict.fromkeys(EVERYONE, "accepted"), EVERYONE)
    assert (verdict.repeated, verdict.after_lost_answers, verdict.repeated_by_kills) == (1, 1, 0)
    assert verdict.faults(0) == []


def test_a_repeat_under_another_message_id_is_a_fault() -> None:
    record = read([*taken(*EVERYONE), *taken("ada@a.example", message_id="<2@lantern.example>")])
    verdict = judge(record, dict.fromkeys(EVERYONE, "accepted"), EVERYONE)
    assert verdict.faults(9) == ["1 repeats have another Message-ID"]


def test_what_arrived_and_may_have_failed_is_uncertain_and_no_fault() -> None:
    outcomes = {**dict.fromkeys(EVERYONE, "accepted"), "ada@a.example": "failed"}
    verdict = judge(read(taken(*EVERYONE)), outcomes, EVERYONE)
    assert (verdict.uncertain, verdict.faults(0)) == (1, [])


def test_what_arrived_although_the_ledger_says_rejected_is_a_fault() -> None:
    outcomes = {**dict.fromkeys(EVERYONE, "accepted"), "ada@a.example": "rejected"}
    verdict = judge(read(taken(*EVERYONE)), outcomes, EVERYONE)
    assert verdict.faults(0) == ["1 were taken by the relay, which the ledger denies"]


def test_a_line_that_a_kill_cut_off_was_not_answered() -> None:
    record = read([*taken("ada@a.example"), "A <1@lantern.example> bo@a"])
    assert dict(record.taken) == {("ada@a.example", "<1@lantern.example>"): 1}
    assert read(["F drop-mail -\n"]).misbehaved == {"drop-mail": 1}
