"""A letter from Markdown with front matter.

What front matter does not say (`front_matter_fields`) is looked for in the text: the first heading as the title, an
editor's note, a byline, a bio.
"""

from __future__ import annotations

from distributor.letters.intake import body_pictures, dom, file_names, front_matter, front_matter_fields
from distributor.letters.intake.drafts import Findings
from distributor.letters.intake.embargoes import reason_in_front_matter
from distributor.letters.intake.excess import check_markdown, check_markup
from distributor.letters.intake.fragments import read_fragment
from distributor.letters.intake.markdown_dialects import to_commonmark
from distributor.letters.intake.markdown_html import render
from distributor.letters.intake.refusals import NoLetter
from distributor.letters.intake.sanitise import alt_of
from distributor.letters.intake.web_addresses import absolute


def read_markdown(text: str, *, name: str, url: str = "", file_name: str = "", title: str = "") -> Findings:
    """Understand Markdown. `name` is for messages; a file's name may be its title, as Obsidian has it.

    `title` is the letter's title, where it is known from elsewhere.

    Raises SourceError when its front matter can't be read, or no letter is in it.
    """
    fields, content = front_matter.split(text, name=name)
    check_markdown(content, name=name)
    content, omissions = to_commonmark(content, fields)
    canonical = absolute(front_matter_fields.canonical(fields), url)
    markup = render(content)
    check_markup(markup, name=name)
    findings = read_fragment(markup, title=title or front_matter_fields.title(fields), base=canonical or url)
    if not findings.title and findings.body_text:
        findings.title = file_names.title(file_name)
        findings.notices = [*findings.notices, "Its title is the file's name, for it has no other."]
    if not findings.title or not findings.body_text:
        lack = "title: give it “title:” in its front matter, or a heading (# …)" if findings.body_text else "text"
        raise NoLetter(f"{name} holds no letter, for it has no {lack}.")
    findings.series = front_matter_fields.series(fields) or findings.series
    findings.editor_note = front_matter_fields.editor_note(fields) or findings.editor_note
    findings.authors = front_matter_fields.authors(fields, findings.authors)
    findings.section = front_matter_fields.section(fields) or findings.section
    findings.language = front_matter_fields.language(fields)
    findings.published_at, zone_notice = front_matter_fields.published_at(fields, name)
    findings.published_at = findings.published_at or file_names.day(file_name)
    findings.notices = [*findings.notices, *filter(None, [zone_notice])]
    findings.left_out = [*findings.left_out, *omissions]
    findings.canonical_url, findings.url = canonical, url
    _add_picture(findings, fields)
    findings.share_bar = front_matter_fields.share_bar(fields)
    findings.summary, findings.social = front_matter_fields.summary(fields), front_matter_fields.social(fields)
    findings.tags = front_matter_fields.tags(fields)
    findings.withheld = reason_in_front_matter(fields)
    findings.slug = front_matter_fields.word(fields, "slug") or file_names.slug(file_name)
    findings.id = front_matter_fields.word(fields, "id")
    return findings


def _add_picture(findings: Findings, fields: front_matter_fields.Fields) -> None:
    address, alt = front_matter_fields.image(fields)
    findings.image_url = body_pictures.address(address, findings.canonical_url or findings.url)
    findings.image_alt = alt or alt_of(dom.fragment(findings.body_html), findings.image_url)
