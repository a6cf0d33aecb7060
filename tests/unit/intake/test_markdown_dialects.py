"""Obsidian's, Hugo's and Jekyll's Markdown: turned into a letter or left out by name. Nothing of it is seen raw."""

from __future__ import annotations

import pytest

from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake import parse

BEFORE = "The mill has stood still since the flood."


def only(text: str, fields: str = "title: The mill") -> Draft:
    (draft,) = parse(f"---\n{fields}\n---\n{BEFORE}\n\n{text}\n".encode(), name="letter.md")
    return draft


def body(text: str) -> str:
    return only(text).body_html.removeprefix(f"<p>{BEFORE}</p>").strip()


def names(draft: Draft) -> list[str]:
    return [piece.what for piece in draft.left_out]


@pytest.mark.parametrize(
    ("written", "html"),
    [
        # Obsidian
        ("See [[North bank|the bank]].", "<p>See the bank.</p>"),
        ("See [[Notes/North bank#Weir]].", "<p>See Notes/North bank &gt; Weir.</p>"),
        ("A ==wet== year, and 2 == 2.", "<p>A <mark>wet</mark> year, and 2 == 2.</p>"),
        ("It turned. ^last-turn", "<p>It turned.</p>"),
        ("![[mill.mp4]]", ""),
        ("![A wheel|300x200](https://m.example/w.png)", '<p><img src="https://m.example/w.png" alt="A wheel"></p>'),
        (
            "> [!tip]- Of wheels\n> They turn.",
            "<blockquote>\n<p><strong>Of wheels</strong></p>\n<p>They turn.</p>\n</blockquote>",
        ),
        ("> [!NOTE]\n> It turns.", "<blockquote>\n<p><strong>Note</strong></p>\n<p>It turns.</p>\n</blockquote>"),
        # Hugo
        (
            '{{< figure src="https://m.example/w.png" alt="A wheel" caption="The \\"old\\" one" >}}',
            '<figure><img src="https://m.example/w.png" alt="A wheel"><figcaption>The "old" one</figcaption></figure>',
        ),
        (
            "{{< x user=mira id=7 >}}",
            '<p><a href="https://x.com/mira/status/7">https://x.com/mira/status/7</a></p>',
        ),
        ("{{% box wide %}}\n\nIt *turns*.\n\n{{% /box %}}", "<p>It <em>turns</em>.</p>"),
        ('{{< details summary="Why" >}}\nBecause.\n{{< /details >}}', "<p><strong>Why</strong></p>\n<p>Because.</p>"),
        ('Read [the first]({{< ref "first.md" >}} "x").', "<p>Read the first.</p>"),
        ("So: {{</* figure */>}}.", "<p>So: {{&lt; figure &gt;}}.</p>"),
        ('{{< param "title" >}} stands.', "<p>The mill stands.</p>"),
        ("{{< highlight go >}}\nfmt.Print(x)\n{{< /highlight >}}", "<pre><code>fmt.Print(x)\n</code></pre>"),
        ("## Wheels {#wheels .wide}", "<h2>Wheels</h2>"),
        ("It turns.\n{.lead}", "<p>It turns.</p>"),
        # Jekyll and kramdown
        ("{% include share.html %}\nIt turns.", "<p>It turns.</p>"),
        ("{% if x %}It turns.{% else %}Or not.{% endif %}", "<p>It turns.Or not.</p>"),
        ("{{ page.title }} of {{ site.data.x | upcase }}.", "<p>The mill of .</p>"),
        (
            "[All]({{ site.url }}https://m.example/a) of it",
            '<p><a href="https://m.example/a">All</a> of it</p>',
        ),
        ("Read [the first]({% post_url 2026-01-01-first %}).", "<p>Read the first.</p>"),
        ("{% raw %}{{ x }}{% endraw %}", "<p>{{ x }}</p>"),
        ("{% highlight go %}\nx\n{% endhighlight %}", "<pre><code>x\n</code></pre>"),
        ("It turns.\n{: .lead}", "<p>It turns.</p>"),
        ('[It](https://m.example){:target="_blank"} turns.', '<p><a href="https://m.example">It</a> turns.</p>'),
        ("* Contents\n{:toc}", ""),
        ("[[_TOC_]]", ""),
        ("*[HTML]: a language", ""),
        (":::tip[Of wheels]\nThey turn.\n:::", "<p><strong>Of wheels</strong></p>\n<p>They turn.</p>"),
        # Comments and suggestions of editors, code of pages
        ("It {/* ask\n\nhim */}turns.", "<p>It turns.</p>"),
        ("It {# ask #}turns{#- now -#}.", "<p>It turns.</p>"),
        ("It {{/* ask */}}{{!-- ask --}}{{! ask }}{{-- ask --}}<%# ask %>turns<%= x %>.", "<p>It turns.</p>"),
        ("It {>>ask<<}turns {++slowly++}{--fast--}{~~here~>there~~}.", "<p>It turns slowlythere.</p>"),
        ("A {==wet==}{>>how?<<} year.", "<p>A <mark>wet</mark> year.</p>"),
        ("import Foo from './foo'\n\nIt turns.", "<p>It turns.</p>"),
        ("import {\n  A,\n  B\n} from '../x';\nimport './y.css'\n\nIt turns.", "<p>It turns.</p>"),
        ("export const meta = {\n  a: 1\n}\n\nIt turns.", "<p>It turns.</p>"),
        ("It turns. %%ask\n\nhim", "<p>It turns.</p>"),
        ("collapsed:: true\nid:: 64a\n\nIt turns.", "<p>It turns.</p>"),
        ("It ((64a1b2c3-0000-4000-8000-0123456789ab))turns.", "<p>It turns.</p>"),
        (":LOGBOOK:\nCLOCK: [2026]\n:END:\n\nIt turns.", "<p>It turns.</p>"),
        # Boxes and shortcodes
        (
            '!!! note "Of wheels"\n    They turn.\n\n    And stop.\n\nIt rains.',
            "<p><strong>Of wheels</strong></p>\n<p>They turn.</p>\n<p>And stop.</p>\n<p>It rains.</p>",
        ),
        ("??? tip inline end\n    They turn.", "<p><strong>Tip</strong></p>\n<p>They turn.</p>"),
        ('!!! note ""\n\tThey turn.', "<p>They turn.</p>"),
        (
            '=== "North"\n\n    It turns.\n\n=== "South"\n\n    It stops.',
            "<p><strong>North</strong></p>\n<p>It turns.</p>\n<p><strong>South</strong></p>\n<p>It stops.</p>",
        ),
        (
            '[caption id="a" width="3"]![A wheel](https://m.example/w.png) The wheel[/caption]',
            '<p><img src="https://m.example/w.png" alt="A wheel"> The wheel</p>',
        ),
        ('[gallery ids="1,2"]\n\nIt turns.', "<p>It turns.</p>"),
        ("[embed]https://m.example/a[/embed]", '<p><a href="https://m.example/a">https://m.example/a</a></p>'),
        ('[su_box title="x"]It turns.[/su_box]', "<p>It turns.</p>"),
        ('[frame a="x"]It turns.[/frame] [/wheel]', "<p>It turns.</p>\n<p>[/wheel]</p>"),
        # What belongs to the product, or to nobody
        (
            "The mill [turns] and [gallery](https://m.example).",
            '<p>The mill [turns] and <a href="https://m.example">gallery</a>.</p>',
        ),
        ("import duties from the north fell.", "<p>import duties from the north fell.</p>"),
        ("Export: more than 100%% of last year.", "<p>Export: more than 100%% of last year.</p>"),
        ("He said std::move, and a::b.", "<p>He said std::move, and a::b.</p>"),
        ("`{# x #}` `{>>y<<}`", "<p><code>{# x #}</code> <code>{&gt;&gt;y&lt;&lt;}</code></p>"),
        ("What!!! Note that.", "<p>What!!! Note that.</p>"),
        ("Dear {{ recipient.name }},", "<p>Dear {{ recipient.name }},</p>"),
        ("50% of 100% is {half}.", "<p>50% of 100% is {half}.</p>"),
        # Code is code
        ("`{{< x >}}` `%%y%%` `[[z]]`", "<p><code>{{&lt; x &gt;}}</code> <code>%%y%%</code> <code>[[z]]</code></p>"),
        ("```\n{% x %} ==y== [^1]\n```", "<pre><code>{% x %} ==y== [^1]\n</code></pre>"),
        # Beyond CommonMark
        ("- [ ] one\n- [x] two", "<ul>\n<li>☐ one</li>\n<li>☑ two</li>\n</ul>"),
        ("Wheel\n: It turns.", "<dl>\n<dt>Wheel</dt>\n<dd>It turns.</dd>\n</dl>"),
        ("~~Still~~ https://m.example", '<p><s>Still</s> <a href="https://m.example">https://m.example</a></p>'),
    ],
)
def test_what_readers_see(written: str, html: str) -> None:
    assert body(written) == html


@pytest.mark.parametrize(
    ("written", "name", "back"),
    [
        ("It turns. %%ask the miller%%", "comment", "<p>ask the miller</p>"),
        ("%%\nask\n\n`him`\n%%", "comment", "<p>ask</p><p>`him`</p>"),
        ("{% comment %}ask{% endcomment %}", "comment", "<p>ask</p>"),
        ("It {/* ask */}turns.", "comment", "<p>ask</p>"),
        ("It {# ask #}turns.", "comment", "<p>ask</p>"),
        ("It {>>ask<<}turns.", "comment", "<p>ask</p>"),
        ("It turns. %%ask", "comment", "<p>ask</p>"),
        ("It {--ask--}turns.", "the deleted words", "<p>ask</p>"),
        ("import Foo from './foo'", "import or export of MDX", "<p>import Foo from './foo'</p>"),
        ("id:: 64a", "the property “id”", "<p>64a</p>"),
        ("<%= ask %>", "the call “ask”", ""),
        ('[gallery ids="1"]', "the shortcode “gallery”", ""),
        ("{::comment}ask{:/comment}", "comment", "<p>ask</p>"),
        ("{{< comment >}}ask{{< /comment >}}", "comment", "<p>ask</p>"),
        ("![[Other note]]", "the embedded note “Other note”", ""),
        ("![[plan.pdf]]", "the embedded file “plan.pdf”", ""),
        ("[[North bank]]", "the link to the note “North bank”", ""),
        ("```dataview\nlist\n```", "the block “dataview”", "<p>list</p>"),
        ("{{< gallery 3 >}}", "the shortcode “gallery”", ""),
        ("{{< youtube '><script>' >}}", "the shortcode “youtube”", ""),
        ("{% include share.html %}", "the tag “include”", ""),
        ("{{ site.time }}", "the value “site.time”", ""),
        ("[TOC]", "table of contents", ""),
        ("*[HTML]: a language", "the abbreviation “HTML”", "<p>a language</p>"),
        ("It turns.[^9]", "the footnote's mark “[^9]”", ""),
        ("[^9]: It does not.", "the footnote “9”", "<p>It does not.</p>"),
    ],
)
def test_what_is_left_out_has_a_name(written: str, name: str, back: str) -> None:
    (piece,) = only(written).left_out
    assert (piece.what, piece.html) == (name, back)
    assert piece.why.endswith(".")


def test_a_comment_that_only_its_writer_sees_is_nowhere_in_the_letter() -> None:
    draft = only("It turns %%the miller is\n\na drunkard%% at noon.")
    assert "drunkard" not in draft.body_html
    assert draft.body_text.endswith("It turns  at noon.") or draft.body_text.endswith("It turns at noon.")


def test_a_film_is_its_picture_with_a_link() -> None:
    for call in ("youtube w7Ft2ymGmfc", 'youtube id="w7Ft2ymGmfc" title="A \\"wheel\\""'):
        html = body(f"{{{{< {call} >}}}}")
        assert 'href="https://www.youtube.com/watch?v=w7Ft2ymGmfc"' in html
        assert "<img" in html
    assert 'href="https://vimeo.com/55073825"' in body("{{< vimeo 55073825 >}}")


def test_the_same_call_is_named_once() -> None:
    assert names(only("{{< ad >}}\n\n{{< ad >}}")) == ["the shortcode “ad” (2 times)"]


def test_footnotes() -> None:
    html = body("It turned.[^1] It stood.^[For ever.] It turned.[^1]\n\n[^1]: In 1961.\n\n    And again.")
    first, second = '<sup><a href="#l-fn1">[1]</a></sup>', '<sup><a href="#l-fn2">[2]</a></sup>'
    assert html.startswith(f"<p>It turned.{first} It stood.{second} It turned.{first}</p>\n<hr>")
    notes = '<li id="l-fn1"><p>In 1961.</p>\n<p>And again.</p>\n</li>\n<li id="l-fn2"><p>For ever.</p>\n</li>'
    assert html.endswith(f"<ol>\n{notes}\n</ol>")


def test_a_footnote_right_below_its_paragraph() -> None:
    assert body("> It turned.[^1]\n> Twice.\n[^1]: In 1961.").endswith("<p>In 1961.</p>\n</li>\n</ol>")


def test_a_loose_list_stays_a_list() -> None:
    items = "\n\n".join(f"{number}. {'A long word about the wheel and the water. ' * 5}" for number in range(1, 5))
    assert body(items).count("<li>") == 4


def test_a_link_that_leads_nowhere_is_told() -> None:
    draft = only("See [it](/wheel) and [here](#weir) and [there](https://m.example).")
    assert "(“/wheel”)" in draft.notices[0]
    assert only("See [it](/wheel).", "title: M\ncanonical_url: https://m.example/a").notices == ()


def test_a_note_of_obsidian_is_called_as_its_file() -> None:
    (draft,) = parse(BEFORE.encode(), name="The mill at the weir.md")
    assert draft.title == "The mill at the weir"
    assert draft.notices == ("Its title is the file's name, for it has no other.",)
    (draft,) = parse(f"# Another\n\n{BEFORE}".encode(), name="The mill at the weir.md")
    assert (draft.title, draft.notices) == ("Another", ())
    with pytest.raises(SourceError, match="it has no title: give it “title:”"):
        parse(BEFORE.encode(), name="README.md")


def test_a_post_of_jekyll_has_its_day_and_address_in_its_files_name() -> None:
    (draft,) = parse(f"# The mill\n\n{BEFORE}".encode(), name="2026-03-02-the-old-mill.markdown")
    assert draft.published_at
    assert (draft.published_at.date().isoformat(), draft.slug) == ("2026-03-02", "the-old-mill")
    front = "---\ntitle: The mill\ndate: 2026-03-03\nslug: mill\n---\n"
    (draft,) = parse(f"{front}{BEFORE}".encode(), name="2026-03-02-the-old-mill.md")
    assert draft.published_at
    assert (draft.published_at.date().isoformat(), draft.slug) == ("2026-03-03", "mill")
