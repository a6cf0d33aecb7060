"""Refusals in numbers: what is a burst, and what is not."""

from __future__ import annotations

import random

import pytest

from distributor.domain.refusal_bursts import FEW, LEAST, RefusalBurst, RefusalWatch, is_burst, is_burst_of_small_domain

GONE = "5.1.1 No such user"


def still() -> float:
    """A clock that stands."""
    return 0.0


@pytest.mark.parametrize(
    ("tried", "refused", "usual", "expected"),
    [
        (400, 8, 0.0, False),  # 2 %: a list that is looked after
        (200, 19, 0.0, False),
        (200, 20, 0.0, True),  # a tenth
        (400, 20, 0.0, False),
        (400, 40, 0.0, True),
        (400, 60, 0.04, False),  # 15 %, where 4 % is usual
        (400, 80, 0.04, True),
        (4, 4, 0.0, False),  # too few to say anything
        (5, 5, 0.0, True),
        (10, 5, 0.0, True),  # a small list has no twenty to lose
        (11, 5, 0.0, False),
        (60, 5, 0.0, False),
        (0, 0, 0.0, False),
    ],
)
def test_a_burst_is_many_and_far_more_than_usual(tried: int, refused: int, usual: float, expected: bool) -> None:
    assert is_burst(tried, refused, usual=usual, few=tried < FEW) is expected


def first_burst(watch: RefusalWatch, domains: list[str], refuses: set[int]) -> tuple[int, RefusalBurst] | None:
    for number, domain in enumerate(domains):
        if number not in refuses:
            watch.accept(domain)
        elif (burst := watch.refuse(domain, GONE)) is not None:
            return number, burst
    return None


def test_an_ordinary_mailing_has_none() -> None:
    chance = random.Random(7)
    domains = [chance.choice(["gmail.com", "naver.com", f"d{chance.randrange(300)}.example"]) for _ in range(100_000)]
    refuses = {number for number in range(100_000) if chance.random() < 0.02}
    assert first_burst(RefusalWatch(still), domains, refuses) is None


def test_a_relay_that_refuses_everyone_is_seen_within_a_few_dozen() -> None:
    domains = [f"d{number % 977}.example" for number in range(30_000)]
    seen = first_burst(RefusalWatch(still), domains, set(range(20_000, 25_000)))
    assert seen is not None
    at, burst = seen
    assert at < 20_000 + 50
    assert burst.domain == ""
    assert GONE in burst.sentence


def test_one_domain_that_refuses_everyone_is_named() -> None:
    domains = ["gmail.com" if number % 4 == 0 else f"d{number}.example" for number in range(4_000)]
    gmail = {number for number in range(2_000, 4_000) if number % 4 == 0}
    seen = first_burst(RefusalWatch(still), domains, gmail)
    assert seen is not None
    at, burst = seen
    assert burst.domain == "gmail.com"
    assert len([number for number in gmail if number <= at]) < 420  # it had been fine for 500 mails


def test_a_domain_is_not_blamed_for_what_all_domains_do() -> None:
    domains = ["gmail.com" if number % 2 else f"d{number}.example" for number in range(1_000)]
    seen = first_burst(RefusalWatch(still), domains, set(range(1_000)))
    assert seen is not None
    assert seen[1].domain == ""


def test_a_company_that_has_closed_is_no_burst() -> None:
    domains = ["closed.example" if number % 50 == 0 else f"d{number}.example" for number in range(900)]
    assert first_burst(RefusalWatch(still), domains, {number for number in range(900) if number % 50 == 0}) is None


def test_what_is_usual_is_allowed_for() -> None:
    domains = [f"d{number}.example" for number in range(5_000)]
    refuses = {number for number in range(5_000) if number % 8 == 0}
    assert first_burst(RefusalWatch(still), domains, refuses) is not None
    assert first_burst(RefusalWatch(still, usual=0.05), domains, refuses) is None


def test_whoever_goes_on_has_a_fresh_count_and_a_relay_that_still_refuses_is_seen_again() -> None:
    watch = RefusalWatch(still)
    domains = [f"d{number}.example" for number in range(100)]
    at_once = (LEAST - 1, RefusalBurst("", LEAST, LEAST, GONE, 0.0))
    assert first_burst(watch, domains, set(range(100))) == at_once
    assert first_burst(watch, domains, set(range(100))) == at_once


def test_a_small_list_is_watched_more_closely() -> None:
    domains = [f"d{number}.example" for number in range(30)]
    assert first_burst(RefusalWatch(still, few=True), domains, set(range(30))) == (4, RefusalBurst("", 5, 5, GONE, 0.0))


def test_a_burst_says_since_when_it_counts() -> None:
    """A mail a second: what is counted are the latest 200 to 400."""
    moments = iter(range(10_000))
    now = 0.0

    def clock() -> float:
        return now

    watch = RefusalWatch(clock)
    for moment in moments:
        now = float(moment)
        if moment < 1_000:
            watch.accept(f"d{moment}.example")
        elif (burst := watch.refuse(f"d{moment}.example", GONE)) is not None:
            break
    assert burst is not None
    assert burst.seconds is not None
    assert burst.tries <= burst.seconds + 1 <= 400


def test_a_domain_is_sent_to_more_slowly_before_it_stops_the_dispatch() -> None:
    watch = RefusalWatch(still)
    for number in range(400):
        watch.accept(f"d{number}.example")
    for _ in range(9):
        assert watch.refuse("gmail.com", GONE) is None
        assert not watch.jumps("gmail.com")
    watch.refuse("gmail.com", GONE)
    assert watch.jumps("gmail.com")
    assert not watch.jumps("d1.example")


@pytest.mark.parametrize(
    ("tried", "refused", "expected"),
    [(4, 4, False), (5, 5, True), (10, 9, True), (10, 8, False), (19, 19, True)],
)
def test_a_small_domain_that_refuses_nearly_all_is_looked_at(tried: int, refused: int, expected: bool) -> None:
    assert is_burst_of_small_domain(tried, refused) is expected


def test_where_the_account_was_refused_just_before_the_second_refusal_is_enough() -> None:
    domains = [f"d{number}.example" for number in range(50)]
    assert first_burst(RefusalWatch(still, wary=True), domains, set(range(50))) == (
        1,
        RefusalBurst("", 2, 2, GONE, 0.0),
    )
    assert first_burst(RefusalWatch(still, wary=True), domains, {10, 20, 30}) is None  # not half of all


def test_refusals_that_speak_of_us_cost_nobody_and_the_sentence_says_so() -> None:
    watch = RefusalWatch(still)
    bursts = [watch.refuse("a.example", "5.7.1 Refused by policy", gone=False) for _ in range(LEAST)]
    burst = bursts[-1]
    assert burst is not None
    assert not burst.costs
    assert burst.sentence.endswith("Nobody is suppressed for it: find the cause, then resume.")


def test_a_domain_is_worth_a_look_before_it_is_a_burst() -> None:
    watch = RefusalWatch(still)
    for _ in range(4):
        watch.refuse("a.example", GONE)
    assert not watch.is_suspicious("a.example")
    watch.refuse("a.example", GONE)
    assert watch.is_suspicious("a.example")
    assert not watch.is_suspicious("b.example")
    for _ in range(6):
        watch.accept("a.example")
    assert not watch.is_suspicious("a.example")
