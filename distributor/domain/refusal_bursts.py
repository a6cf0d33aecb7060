"""When refusals for good come in such numbers that they speak of us or of a relay, and not of the readers.

The figures, and where they come from:

- A list that is looked after loses under 2 % a mailing to refusals for good; providers warn from 5 % on and stop an
  account at 10 % (Amazon SES: https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html). So 20 refusals that are
  a tenth of the latest 200 to 400 outcomes are a burst. At 2 % that many come about once in a hundred million times.
- What is usual is what the publication's last mailings had: where that is high, a burst is five times as much.
- A list of fewer than 40 has no 20 to lose: there 5 refusals that are half of all are a burst too. On a longer one they
  are not: those whose mailboxes are gone may well stand side by side.
- One domain by itself: 20 refusals among these outcomes that are half of what it was sent. Fewer are a company that has
  closed; a domain that others are refused beside is no case of its own.

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
HALF: Final = 0.50
FEW: Final = 40  # recipients
LEAST_AGAIN: Final = 100  # of those who are sent to again: many of them may be gone, and stand side by side
TIMES_USUAL: Final = 5
RECENT: Final = 400  # outcomes; then all counts are halved, so that they tell of the latest 200 to 400


@dataclass(frozen=True, slots=True)
class RefusalBurst:
    """So many of the latest mails were refused: by a `domain`, "" where all were. `example` is what one was told.

    `seconds`: how long ago the first of those mails was tried at most, None for all of the dispatch's.
    """

    domain: str
    tries: int
    refusals: int
    example: str
    seconds: float | None = None

    @property
    def sentence(self) -> str:
        """Say for an editor what was seen, and what to do."""
        who = self.domain or "The mail server"
        return (
            f"{who} refused {self.refusals} of the last {self.tries} mails for good, far more than usual: "
            f"“{self.example[:160].rstrip(' .')}”. Nobody is suppressed for it: find the cause and decide about them, "
            "then resume."
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


@dataclass(slots=True)
class _Count:
    tries: int = 0
    refusals: int = 0

    def halve(self) -> None:
        self.tries //= 2
        self.refusals //= 2


@dataclass(slots=True)
class RefusalWatch:
    """The latest outcomes of one dispatch, as one worker sees them: what a relay does, it does to all of them.

    `usual` is the share of refusals for good that the publication's last mailings had (0 to 1); `few`: the dispatch has
    fewer than FEW recipients; `least` refusals are many; `clock` gives seconds, and is asked every 200 outcomes.
    """

    clock: Callable[[], float]
    usual: float = 0.0
    few: bool = False
    least: int = LEAST
    _all: _Count = field(default_factory=_Count)
    _by_domain: dict[str, _Count] = field(default_factory=dict)
    _since: float | None = None  # when the first of what is counted was tried at the earliest
    _halved_at: float | None = None

    def accept(self, domain: str) -> None:
        """Note a mail that was accepted."""
        self._try(domain)

    def refuse(self, domain: str, example: str) -> RefusalBurst | None:
        """Note a mail that was refused for good, and return the burst that it is part of.

        After that the counting begins anew: whoever goes on has looked.
        """
        at_domain = self._try(domain)
        at_domain.refusals += 1
        self._all.refusals += 1
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
        by_all = is_burst(self._all.tries, self._all.refusals, usual=self.usual, few=self.few, least=self.least)
        if not by_all and not is_burst_of_domain(at_domain.tries, at_domain.refusals, least=self.least):
            return None
        seconds = self.clock() - (self._since or 0.0)
        worst, count = max(self._by_domain.items(), key=lambda item: item[1].refusals)
        rest_tries, rest_refusals = self._all.tries - count.tries, self._all.refusals - count.refusals
        others_take_it = rest_refusals < rest_tries * SHARE
        if others_take_it and count.refusals >= self._all.refusals * HALF:
            return RefusalBurst(worst, count.tries, count.refusals, example, seconds)
        return RefusalBurst("", self._all.tries, self._all.refusals, example, seconds)
