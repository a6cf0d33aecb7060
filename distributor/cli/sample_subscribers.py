"""Made-up subscribers for the demo: always the same ones, at addresses that no one can have (RFC 2606)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

FIRST_NAMES = (
    "Ada", "Amina", "Anders", "Beatriz", "Bo", "Chiara", "Cyrus", "Daria", "Dohyun", "Elif", "Emeka", "Farah", "Goran",
    "Haneul", "Hugo", "Ines", "Ivan", "Jiwoo", "Jonas", "Kaia", "Kofi", "Lea", "Liam", "Maja", "Mateo", "Mina", "Nadia",
    "Noor", "Oskar", "Paloma", "Quinn", "Rafael", "Rosa", "Seojun", "Sofia", "Tariq", "Uma", "Vera", "Yuna", "Zofia",
)  # fmt: skip
FAMILY = (
    "Abara", "Bae", "Berg", "Castro", "Choi", "Costa", "Dahl", "Diaz", "Eriksen", "Fischer", "Fontana", "Garcia", "Han",
    "Holm", "Ito", "Jansen", "Kang", "Kaya", "Kim", "Klein", "Kowalska", "Lee", "Lind", "Lopez", "Mbeki", "Moreau",
    "Novak", "Okafor", "Park", "Petrov", "Rahman", "Rossi", "Seo", "Silva", "Tanaka", "Vidal", "Weber", "Yilmaz",
)  # fmt: skip
DOMAINS = ("readers.example", "quay.example", "lighthouse.example", "ferry.example")
KOREAN = frozenset({"Bae", "Choi", "Han", "Kang", "Kim", "Lee", "Park", "Seo"})


def people(count: int) -> Iterator[tuple[str, str, str]]:
    """Yield (address, name, language) of `count` people, no address twice."""
    for number in range(count):
        first_name = FIRST_NAMES[number % len(FIRST_NAMES)]
        family = FAMILY[(number // len(FIRST_NAMES) + number) % len(FAMILY)]
        domain = DOMAINS[number * 7 % len(DOMAINS)]
        language = "ko" if family in KOREAN else "en"
        yield f"{first_name}.{family}{number + 1}@{domain}".lower(), f"{first_name} {family}", language


def table(count: int) -> io.StringIO:
    """Return `count` people as the CSV file that an import takes."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(("email", "name", "language"))
    writer.writerows(people(count))
    file.seek(0)
    return file
