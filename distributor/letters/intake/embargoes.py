"""Whether a source itself says that its letter is not to go out yet.

- Front matter: `draft: true` (Hugo, Zola, Astro, Eleventy, Docusaurus), `published: false` (Jekyll, Hexo),
  `publish: false` and `dg-publish: false` (Obsidian, its Digital Garden), `public: false`, `unlisted`, `private` or
  `hidden: true`, `build: {render: never}` (Hugo), and a `status`, `state` or `visibility` such as `draft`. A `draft`
  that says neither yes nor no withholds as well: whoever wrote it had a doubt.
- Feeds: `wp:status` of WordPress's exports, `app:draft` (RFC 5023 §13.1.1), `status` and `draft` of JSON Feeds.
- Files in a folder `_drafts` (Jekyll, Hexo).

A date that is still to come is judged when the letter is queued (`delivery.planning.queue`): it passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

# WordPress (developer.wordpress.org, “Post Status”), Ghost (docs.ghost.org, “Posts”), and what editors write.
# fmt: off
_WITHHELD_STATUSES = frozenset((
    "auto-draft", "deleted", "draft", "future", "hidden", "idea", "in-review", "inherit", "pending", "private",
    "review", "scheduled", "todo", "trash", "unlisted", "unpublished", "wip",
    "bozza", "borrador", "brouillon", "entwurf", "rascunho", "초안", "下書き", "草稿",
))
# fmt: on
_YES, _NO = frozenset({"1", "on", "true", "yes"}), frozenset({"0", "false", "no", "off"})
_IN_FRONT_MATTER = (
    (("draft", "unlisted", "private", "hidden"), _YES),
    (("published", "publish", "public", "dg-publish"), _NO),
    (("status", "state", "visibility"), _WITHHELD_STATUSES),
)
_DRAFTS_FOLDER = "_drafts"


def reason_in_front_matter(metadata: Mapping[str, Any]) -> str:
    """Return why front matter withholds its letter, as a sentence; "" where it does not. Its keys are lower case."""
    for names, words in _IN_FRONT_MATTER:
        for name in names:
            if (word := _word(metadata, name)) in words:
                return f"Its front matter says “{name}: {word}”."
    if (word := _word(metadata, "draft")) and word not in _NO:
        return f"Its front matter says “draft: {word[:40]}”, which is neither true nor false."
    build = metadata.get("build") or metadata.get("_build")
    is_unmade = isinstance(build, Mapping) and _word(build, "render") in ("never", *_NO)
    return "Its front matter says “build: {render: never}”." if is_unmade else ""


def reason_in_entry(entry: Mapping[str, Any]) -> str:
    """Return why a feed's entry, as feedparser or JSON has it, withholds its letter; "" where it does not."""
    for name in ("wp_status", "status"):
        if _word(entry, name) in _WITHHELD_STATUSES:
            return f"Its feed says “{name.replace('_', ':')}: {_word(entry, name)}”."
    is_draft = any(_word(entry, name) in _YES for name in ("app_draft", "draft"))
    return "Its feed says that it is a draft." if is_draft else ""


def reason_in_path(path: str) -> str:
    """Return why a file's folder withholds its letter; "" where it does not."""
    return f"It lies in the folder “{_DRAFTS_FOLDER}”." if _DRAFTS_FOLDER in PurePath(path).parts[:-1] else ""


def _word(entry: Mapping[str, Any], name: str) -> str:
    """Return a plain value as a lower-case word: YAML's `yes` and `true` are true already, others' are texts."""
    value = entry.get(name)
    return "-".join(str(value).lower().split()) if isinstance(value, (str, bool, int)) else ""
