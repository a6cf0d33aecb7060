"""A segment's rule by clicking: what the builder on the page offers. It writes the rule as JSON, and we the words."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distributor.audience.models import MailingList, Subscriber
from distributor.audience.tags import all_tags
from distributor.desk.publication_scope import narrow
from distributor.domain.segment_words import to_json
from distributor.domain.segments import Rule

SAMPLE: Final = 500  # people, the latest: whose attributes are offered
ATTRIBUTES_OFFERED: Final = 50
# What is asked of a field, by its kind: the rule's own operator, and its words.
OPERATORS: Final = {
    "text": (
        ("is", gettext_lazy("is")),
        ("is not", gettext_lazy("is not")),
        ("contains", gettext_lazy("contains")),
        ("starts with", gettext_lazy("starts with")),
        ("in", gettext_lazy("is one of (with commas)")),
        ("exists", gettext_lazy("is there")),
        ("missing", gettext_lazy("is not there")),
    ),
    "number": (
        (">", gettext_lazy("is more than")),
        (">=", gettext_lazy("is at least")),
        ("<", gettext_lazy("is less than")),
        ("<=", gettext_lazy("is at most")),
    ),
    "day": (("before", gettext_lazy("is before")), ("after", gettext_lazy("is after"))),
    "list": (("on", gettext_lazy("they are on")), ("off", gettext_lazy("they are not on"))),
    "tag": (("has", gettext_lazy("they have")), ("lacks", gettext_lazy("they have not"))),
    "activity": (
        ("in days", gettext_lazy("in the last days")),
        ("not in days", gettext_lazy("not in the last days")),
        ("ever", gettext_lazy("ever")),
        ("never", gettext_lazy("never")),
    ),
}
FIELDS: Final = (
    ("email", gettext_lazy("Mail address"), ("text",)),
    ("domain", gettext_lazy("Domain of the address"), ("text",)),
    ("name", gettext_lazy("Name"), ("text",)),
    ("language", gettext_lazy("Language"), ("text",)),
    ("time_zone", gettext_lazy("Time zone"), ("text",)),
    ("created_at", gettext_lazy("Here since"), ("day",)),
    ("attribute", gettext_lazy("Attribute"), ("text", "number", "day")),
    ("list", gettext_lazy("List"), ("list",)),
    ("tag", gettext_lazy("Tag"), ("tag",)),
    ("opened", gettext_lazy("Opened a mail"), ("activity",)),
    ("clicked", gettext_lazy("Clicked in a mail"), ("activity",)),
)


def builder(rule: Rule | None) -> dict[str, Any]:
    """Return what the page's builder needs, as JSON values: fields, operators, what can be chosen, and the rule."""
    operators = {kind: [[name, str(words)] for name, words in rows] for kind, rows in OPERATORS.items()}
    lists = narrow(MailingList.objects.filter(archived_at=None).order_by("name"))
    return {
        "fields": [[name, str(words), list(kinds)] for name, words, kinds in FIELDS],
        "operators": operators,
        "lists": [[row.publication_id, row.slug, row.name] for row in lists],
        "tags": all_tags(),
        "attributes": _attribute_names(),
        "rule": to_json(rule) if rule else None,
        "words": {
            "all": _("All of these hold"),
            "any": _("At least one of these holds"),
            "field": _("Field"),
            "operator": _("How"),
            "value": _("Value"),
            "name": _("Name of the attribute"),
            "days": _("Days"),
            "group": _("Group"),
            "add": _("Add a condition"),
            "addGroup": _("Add a group"),
            "remove": _("Remove"),
            "words": _("The rule is more than can be clicked: change its words above."),
            "counting": _("Counting …"),
            "away": _("The desk does not answer."),
            "behind": _(
                "The desk does not answer: the rule does not say yet what you clicked, and is not saved. Try again."
            ),
            "unfinished": _(
                "A condition is not finished: fill it in or remove it. Until then the rule stays as it was."
            ),
        },
    }


def _attribute_names() -> list[str]:
    rows = Subscriber.objects.order_by("-pk").values_list("attributes", flat=True)[:SAMPLE]
    return sorted({name for attributes in rows for name in attributes})[:ATTRIBUTES_OFFERED]
