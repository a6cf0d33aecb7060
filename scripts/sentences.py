"""What code says to people, in English: found where it is written, for the catalogs (scripts/messages).

The rooms below the desk know no translation. They write English, store it and hand it up, and the desk looks each
sentence up when it is shown (`distributor/desk/sentences.py`). Values in a sentence are written `{name}`; a choice in
an f-string such as `{"person" if count == 1 else "people"}` gives one sentence for each.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

# Folders of `distributor` whose sentences the desk may show.
ROOMS = frozenset(
    [
        *("audience", "channels", "delivery", "desk", "domain", "insights", "letters", "newsroom", "notices", "people"),
        "webhooks",
    ]
)
MODULES = frozenset(["time_words"])
# Text of programs, for networks, logs and databases: never shown on the desk.
NOT_SHOWN = re.compile(
    r"/migrations/|/channels/mail/smtp/|/channels/.*/(icon|share_[a-z]*|share)\.py|/delivery/metrics/|/embedded/|_words\.py$|_queries\.py$"
    r"|/queries\.py$|/channels/special_addresses\.py|/channels/channel_table\.py|/domain/api_scopes\.py"
    r"|/channels/[a-z]*/practice|/people/models\.py"
)
# Kinds and states that the desk shows as rows have them, by module and class; and what a function says in one word.
VALUES = {
    "domain/states.py": ["State"],
    "domain/returns.py": ["Kind"],
    "domain/refusals.py": ["Ground"],
    "audience/models/lists.py": ["Cadence"],
    "audience/models/suppressions.py": ["Reason", "Decision"],
    "delivery/models/dispatch.py": ["Outcome"],
    "insights/models/returned.py": ["Decision"],
}
ANSWERS = {
    "domain/states.py": ["being deleted", "deleted", "a draft", "being sent", "sent in part"],
    "domain/dispatch_actions.py": [
        "writer",
        "editor",
        "manager",
        "admin",
        "{value} person",
        "{value} people",
        "everyone",
    ],
    "domain/capabilities.py": ["post", "page", "mail", "characters", "graphemes", "bytes"],
    "domain/pacing.py": ["the rest waits"],
    "domain/planning.py": ["quiet hours", "channel hours"],
    "domain/refusal_bursts.py": [
        "find the cause and decide about them, then resume what is paused",
        "find the cause, then resume",
    ],
    "domain/segments.py": ["is", "is not", "contains", "starts with", "and", "or", "not", "on list", "everybody"],
    "domain/text_fit.py": ["all after “{excerpt}”", "the text", "it counts {size}", "it is {length} bytes long"],
    "domain/letter_match.py": [
        "it comes from another place than the one that has its title and its text",
        "its addresses and ids belong to different letters",
        "another letter was there before",
        "it says nothing of which letter it is, and there is one that has its title or its text",
    ],
    "delivery/accounts/health.py": ["in {days} days", "today", "tomorrow"],
    "delivery/actions.py": ["{hold}, then goes out{when}", " at {clock}", "Delete page", "Delete mail"],
    "delivery/posts/send.py": ["is being posted", "may be out"],
    "delivery/overrides.py": ["be edited", "text", "picture", "link"],
    "delivery/reports/digests.py": ["nothing new"],
    "webhooks/endpoints.py": ["on", "off", "failing"],
    "people/audit.py": ["api", "desk", "command"],
    "people/editors.py": ["active", "deactivated"],
    "audience/actions.py": ["it has {lists}", "make one with “distributor subscribers import”"],
    "audience/segments.py": ["it has {segments}", "make one with “distributor segments add”"],
    "audience/held_people.py": [
        "under Returns → Held refusals, or with “distributor returns held”",
        "the mail server",
        "{count} person is",
        "{count} people are",
    ],
    "audience/import_rows.py": [
        "holds a character that can't be stored (NUL)",
        "holds bytes that are not {label}",
        "has no mail address",
        "its first row has to name the columns, and names",
    ],
    "audience/import_summary.py": ["would be made", "was made", "had left", "did not confirm", "bounced", "complained"],
    "channels/posts.py": ["the publication chose so"],
    "channels/mail/missing_values.py": ["the text", "the HTML"],
    "channels/mail/replies.py": [
        "what it says is not SMTP.",
        "it does not answer in time.",
        "its name can’t be resolved.",
        "it closed the connection.",
        "it does not speak TLS as it should.",
        "it takes no connection.",
    ],
    "channels/http.py": ["try again later", "check the address"],
    "channels/telegram/identity.py": ["an administrator who may post messages", "a member who may send messages"],
    "channels/mastodon/compose.py": ["its followers", "the people whom it mentions"],
    "desk/presentation.py": ["it goes on by itself", "it can be approved"],
    "desk/returns.py": ["not proven, to decide"],
    "desk/network_responses.py": ["under way", "accepted", "not now", "refused", "account refused", "answer lost"],
    "desk/reversal_form.py": ["Any", "Dispatch {number}"],
    "desk/import_form.py": ["Detect"],
    "desk/webhooks.py": ["Figures"],
    "channels/mail/dns/keys.py": ["{problem}: {publish}", "publish the TXT record {name} ({whole}) with: {value}"],
    "channels/mail/dns/checks.py": [", covers {addresses}"],
    "channels/mail/dns/dmarc.py": [" (of {home})", "a DKIM key: “distributor dkim add {domain}”"],
    "desk/door_forms.py": ["Ghost", "WordPress", "Mail"],
    "insights/decisions.py": ["the lists of that mail", "all lists"],
    "insights/reversal_candidates.py": [
        "they left by themselves too",
        "unsubscribed by {source}",
        "there is another {reason} since",
    ],
    "insights/unproven_events.py": [
        *("Kind", "Source", "Came in", "About", "They are", "Dispatch", "It asks", "Decided"),
        *("From", "To", "Subject", "Date", "It says"),
        *("nobody that can be told", "no subscriber", "on no list", "someone unknown", "their subscriber"),
    ],
    "letters/intake/feed.py": [
        "no title",
        "no text but a title",
        "no text but pictures or buttons",
        "it has no entries",
    ],
    "letters/intake/fragments.py": ["hidden text"],
    "letters/intake/body_pictures.py": ["the picture {candidates} (“{alt}”)", "the picture {candidates}"],
    "letters/intake/pictures.py": ["a picture within the text"],
    "newsroom/feed_reports.py": ["nothing new", "{count} new letter", "{count} new letters"],
    "newsroom/feed_looks.py": ["watched", "paused", "ended", "failing"],
}
# What descriptions take as an example.
EXAMPLES = frozenset(["The ferry that waited", "Letters from the pier", "The Lantern Post"])
PLACE = re.compile(r"\{\w+\}")
LOGGERS = frozenset(["debug", "info", "warning", "error", "exception", "critical", "log"])
WRAPPED = frozenset(
    ["gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "gettext_noop"]
)
# Calls of data whose every text is shown: labels too, which are no sentences.
TABLES = frozenset(
    ["Action", "Argument", "AccountField", "ChannelSetting", "PublicationSetting", "Capabilities", "NoticeKind"]
)
SHOWN_KEYWORDS = frozenset(["label", "help", "confirm", "empty"])
NO_TEXT = frozenset(["compile", "search", "match", "fullmatch", "sub", "split", "replace", "get", "execute", "encode"])
SENTENCE = re.compile(r"[A-Z“‘{…].*\S\s+\S.*[.:?!”…)]|[A-Z“][\w’',“”-]*(\s+[\w’'“”,{}-]+){2,}", re.DOTALL)
SQL = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|WITH|COPY|ANALYZE|DROP|ALTER|LOCK|SET|ANY|CASE)\b|::text|List-(Help|Unsubscribe):"
)
CODE = re.compile(r"[{}<>=_@\\|/]|[a-z]\(")
WORDS = re.compile(r"[a-z]{2,}")


def of(path: Path) -> list[str]:
    """Return the sentences of a module, in their order."""
    parts = path.parts[path.parts.index("distributor") + 1 :]
    if not parts or (parts[0] not in ROOMS and parts[0] not in MODULES) or NOT_SHOWN.search(path.as_posix()):
        return []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    module = "/".join(parts)
    texts = [*_values(tree, VALUES.get(module, [])), *ANSWERS.get(module, []), *_sentences(tree, [])]
    return list(dict.fromkeys(texts))


def _values(tree: ast.Module, names: list[str]) -> Iterator[str]:
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name in names]
    for row in (row for node in classes for row in node.body if isinstance(row, ast.Assign)):
        if isinstance(row.value, ast.Constant):
            yield str(row.value.value)


def _sentences(node: ast.AST, callers: list[ast.AST]) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield from (text for text in _texts(node) if _is_shown(text, callers))
        for part in node.values if isinstance(node, ast.JoinedStr) else ():
            if isinstance(part, ast.FormattedValue):
                yield from _sentences(part.value, callers)
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call) and _is_silent(node):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and child in node.decorator_list:
            continue
        yield from _sentences(child, [*callers, node])


def _is_silent(call: ast.Call) -> bool:
    name = _name(call.func)
    if name in WRAPPED or (name in NO_TEXT and isinstance(call.func, ast.Attribute)):
        return True
    is_logger = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    return is_logger and name in LOGGERS and _name(call.func.value) == "logger"  # type: ignore[attr-defined]


def _is_shown(text: str, callers: list[ast.AST]) -> bool:
    literal = re.sub(r"\{\w*\}", "", text)
    if text in EXAMPLES or SQL.search(text) or "%s" in text or not WORDS.search(literal) or "\x00" in text:
        return False
    caller = callers[-1] if callers else None
    if isinstance(caller, ast.keyword):
        table = callers[-2]
        if isinstance(table, ast.Call) and _name(table.func) in TABLES:
            return caller.arg in SHOWN_KEYWORDS
    if isinstance(caller, ast.Call) and _name(caller.func) in TABLES:
        return bool(re.match(r"[A-Z]", text)) or " " in text
    has_value = PLACE.search(text) and re.match(r"[A-Z“{]", text)
    holds_value = bool(has_value) and len(WORDS.findall(literal)) >= 2 and not CODE.search(literal)
    if "}." in text and not text.endswith(".") and " " not in text:
        return False  # the name of a class
    return holds_value or bool(SENTENCE.fullmatch(text))


def _texts(node: ast.Constant | ast.JoinedStr) -> Iterator[str]:
    """Return what a string says, for each choice between two texts in it."""
    if isinstance(node, ast.Constant):
        yield str(node.value).replace("{}", "{value}")  # of str.format
        return
    names: dict[str, str] = {}
    pieces = [_pieces(part, names) for part in node.values]
    yield from ("".join(choice) for choice in product(*pieces))


def _pieces(part: ast.expr, names: dict[str, str]) -> tuple[str, ...]:
    if isinstance(part, ast.Constant):
        return (str(part.value),)
    assert isinstance(part, ast.FormattedValue)
    value = part.value
    if isinstance(value, ast.IfExp) and all(_is_text(side) for side in (value.body, value.orelse)):
        return tuple(text for side in (value.body, value.orelse) for text in _side(side, names))
    return (_placeholder(value, names),)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _side(node: ast.expr, names: dict[str, str]) -> tuple[str, ...]:
    if isinstance(node, ast.JoinedStr):
        return tuple("".join(choice) for choice in product(*(_pieces(part, names) for part in node.values)))
    assert isinstance(node, ast.Constant)
    return (str(node.value),)


def _placeholder(value: ast.expr, names: dict[str, str]) -> str:
    """Return `{name}`, the same for the same expression of a text, after what the expression is called."""
    source = ast.unparse(value)
    name = re.sub(r"\W", "", _name(value)).strip("_").lower() or "value"
    while names.get(name, source) != source:
        name = f"{name}_2" if not re.search(r"_\d$", name) else f"{name[:-1]}{int(name[-1]) + 1}"
    names[name] = source
    return f"{{{name}}}"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Call):
        is_method = isinstance(node.func, ast.Attribute) and node.func.attr in (
            "strip",
            "join",
            "lower",
            "removesuffix",
        )
        inner = node.func.value if is_method and isinstance(node.func, ast.Attribute) else node.func
        return _name(inner) if not isinstance(inner, ast.Constant) else (_name(node.args[0]) if node.args else "")
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    if isinstance(node, ast.IfExp):
        return _name(node.body)
    return ""
