"""When refusals for good come in such numbers that they speak of us or of a relay, and not of the readers.

The figures, and where they come from:

- A list that is looked after loses under 2 % a mailing to refusals for good; providers warn from 5 % on and stop an
  account at 10 % (Amazon SES: https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html). So 20 refusals that are
  a tenth of the latest 200 to 400 outcomes are a burst. At 2 % that many come about once in a hundred million times.
- What is usual is what the publication's last mailings had: where that is high, a burst is five times as much.
- A list of fewer than 40 has no 20 to lose: there 5 refusals that are half of all are a burst too. On a longer one they
  are not: those whose mailboxes are gone may well stand side by side.
- One domain by itself: 20 refusals among these outcomes that are half of what it was sent; a domain that others are
  refused beside is no case of its own.
- A small domain: 5 refusals that are nine in ten of all that it was sent. It may be a company that has closed, or its
  mail server that is set up anew: the mailing goes on, and a person decides about those few.
- Several small mailings through one account within a day are judged as one: a relay that refuses four people a dozen
  times refuses everyone. Once that was seen, the next mailing pauses at its second refusal.

At half of such a share a domain is sent to more slowly; at all of it the dispatch pauses, and nobody is suppressed for
it until a person has decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

LEAST: Final = 20
SHARE: Final = 0.10
FEW_LEAST: Final = 5
WARY_LEAST: Final = 2  # where the account is known to be refused
NEARLY_ALL: Final = 0.90
HALF: Final = 0.50
FEW: Final = 40  # recipients
LEAST_AGAIN: Final = 100  # of those who are sent to again: many of them may be gone, and stand side by side
TIMES_USUAL: Final = 5
RECENT: Final = 400  # outcomes; then all counts are halved, so that they tell of the latest 200 to 400


@dataclass(frozen=True, slots=True)
class RefusalBurst:
    """So many of the latest mails were refused: by a `domain`, "" where all were. `example` is what one was told.

    `seconds`: how long ago the first of those mails was tried at most, None for all of the dispatch's. `costs`: people
    would be suppressed for it.
    """

    domain: str
    tries: int
    refusals: int
    example: str
    seconds: float | None = None
    costs: bool = True

    @property
    def sentence(self) -> str:
        """Say for an editor what was seen, and what to do."""
        who = self.domain or "The mail server"
        advice = "find the cause and decide about them, then resume what is paused"
        return (
            f"{who} refused {self.refusals} of the last {self.tries} mails for good, far more than usual: "
            f"“{self.example[:160].rstrip(' .')}”. Nobody is suppressed for it: "
            f"{advice if self.costs else 'find the cause, then resume'}."
        )


def is_burst(tries: int, refusals: int, *, usual: float = 0.0, few: bool = False, least: int = LEAST) -> bool:
    """Whether so many refusals for good of so many tries are a burst.

    `usual` is the share that is (0 to 1); `few`: the dispatch has fewer than FEW recipients; `least` refusals are many.
    """
    if refusals >= least and refusals >= tries * max(SHARE, TIMES_USUAL * usual):
        return True
    return few and refusals >= FEW_LEAST and refusals >= tries * max(HALF, TIMES_USUAL * usual)


def is_burst_of_domain(tries: int, refusals: int, *, least: int = LEAST) -> bool:
    """Whether so many refusals for good of so many tries at one domain are a burst; `least` of them are many."""
    return refusals >= least and refusals >= tries * HALF


def is_burst_of_small_domain(tries: int, refusals: int) -> bool:
    """Whether a domain that a whole mailing sent so many mails to refused so nearly all that a person should look."""
    return refusals >= FEW_LEAST and refusals >= tries * NEARLY_ALL


@dataclass(slots=True)
class _Count:
    tries: int = 0
    refusals: int = 0
    gone: int = 0  # refusals that say that nobody is there

    def halve(self) -> None:
        self.tries //= 2
        self.refusals //= 2
        self.gone //= 2


@dataclass(slots=True)
class RefusalWatch:
    """The latest outcomes of one dispatch, as one worker sees them: what a relay does, it does to all of them.

    `usual` is the share of refusals for good that the publication's last mailings had (0 to 1); `few`: the dispatch has
    fewer than FEW recipients; `least` refusals are many; `wary`: the account was refused just before, so that the
    second refusal is enough while they are half of all; `clock` gives seconds, and is asked every 200 outcomes.
    """

    clock: Callable[[], float]
    usual: float = 0.0
    few: bool = False
    least: int = LEAST
    wary: bool = False
    _all: _Count = field(default_factory=_Count)
    _by_domain: dict[str, _Count] = field(default_factory=dict)
    _since: float | None = None  # when the first of what is counted was tried at the earliest
    _halved_at: float | None = None

    def accept(self, domain: str) -> None:
        """Note a mail that was accepted."""
        self._try(domain)

    def refuse(self, domain: str, example: str, *, gone: bool = True) -> RefusalBurst | None:
        """Note a mail that was refused for good, and return the burst that it is part of.

        `gone`: it says that nobody is there, which would suppress them. After a burst the counting begins anew: whoever
        goes on has looked.
        """
        at_domain = self._try(domain)
        for count in (at_domain, self._all):
            count.refusals += 1
            count.gone += gone
        burst = self._burst(at_domain, example)
        if burst is not None:
            self._all = _Count()
            self._by_domain.clear()
            self._since = self._halved_at = None
        return burst

    def jumps(self, domain: str) -> bool:
        """Whether a domain refuses so much that it should be sent to more slowly."""
        count = self._by_domain.get(domain)
        return count is not None and count.refusals * 2 >= LEAST and count.refusals * 2 >= count.tries * HALF

    def is_suspicious(self, domain: str) -> bool:
        """Whether a domain refuses so much that it is worth a look at what other workers saw of it."""
        count = self._by_domain.get(domain)
        return count is not None and count.refusals >= FEW_LEAST and count.refusals >= count.tries * HALF

    def _try(self, domain: str) -> _Count:
        if not self._all.tries:
            self._since = self._halved_at = self.clock()
        elif self._all.tries >= RECENT:
            self._since, self._halved_at = self._halved_at, self.clock()
            self._all.halve()
            for count in self._by_domain.values():
                count.halve()
            self._by_domain = {name: count for name, count in self._by_domain.items() if count.tries}
        count = self._by_domain.setdefault(domain, _Count())
        count.tries += 1
        self._all.tries += 1
        return count

    def _burst(self, at_domain: _Count, example: str) -> RefusalBurst | None:
        tries, refusals = self._all.tries, self._all.refusals
        by_all = is_burst(tries, refusals, usual=self.usual, few=self.few, least=self.least)
        by_all = by_all or (self.wary and refusals >= WARY_LEAST and refusals >= tries * HALF)
        if not by_all and not is_burst_of_domain(at_domain.tries, at_domain.refusals, least=self.least):
            return None
        seconds = self.clock() - (self._since or 0.0)
        worst, count = max(self._by_domain.items(), key=lambda item: item[1].refusals)
        rest_tries, rest_refusals = self._all.tries - count.tries, self._all.refusals - count.refusals
        others_take_it = rest_refusals <= rest_tries * SHARE  # or there were none
        if others_take_it and count.refusals >= self._all.refusals * HALF:
            return RefusalBurst(worst, count.tries, count.refusals, example, seconds, costs=bool(count.gone))
        return RefusalBurst("", tries, refusals, example, seconds, costs=bool(self._all.gone))
