"""Texts that fit: never over, never broken, nothing of what has to stay lost."""

from __future__ import annotations

import re
import time
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.capabilities import Capabilities
from distributor.domain.tags import tags
from distributor.domain.text_fit import fit
from distributor.domain.text_length import capacity, cluster_cost, cost, measure, valid
from distributor.domain.urls import Span, unbreakable
from tests.unit.fitting.texts import (
    BLUESKY,
    BYTES,
    CAPABILITIES,
    COUNTINGS,
    KAKAO,
    KEEPS,
    MASTODON,
    PROPERTY,
    TEXTS,
    X,
    clusters,
    link_texts,
    sendable,
)

SENTENCE = "The harbor listens to its tide tables, as harbors do. "
NUMBER = re.compile(r" \d+/\d+\Z")


def small(limit: int, counts: str = "characters") -> Capabilities:
    return Capabilities("Small", limit=limit, counts=counts, threads=True)  # type: ignore[arg-type]


def within(text: str, capabilities: Capabilities) -> bool:
    """Whether both of a channel's limits are kept."""
    size, most = measure(text, capabilities), capabilities.limit
    taken, most_bytes = len(text.encode("utf-8", "surrogatepass")), capabilities.bytes_limit
    return (most is None or size <= most) and (most_bytes is None or taken <= most_bytes)


# Examples


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert fit("Hello,  world! ", X).parts == ("Hello,  world! ",)
    assert fit("Hello", X).dropped == ()


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00"])
def test_nothing_to_post(text: str) -> None:
    assert fit(text, X).parts == ()
    assert fit(text, X, thread=True).parts == ()


def test_only_what_is_kept() -> None:
    assert fit("", X, keep="example.com").parts == ("example.com",)


def test_cut_after_a_sentence() -> None:
    fitted = fit(SENTENCE * 20, X)
    assert fitted.parts == ((SENTENCE * 5).strip(),)
    assert fitted.length == len(SENTENCE) * 20
    assert len(fitted.dropped) == 1
    assert "1,080" in fitted.dropped[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("항구는 조석표에 귀를 기울입니다. " * 30, "항구는 조석표에 귀를 기울입니다."),
        ("항구는 조석표에 귀를 기울였다.그리고 배는 떠났다." * 30, "귀를 기울였다."),
        ("正しい潮汐表を読む。" * 40, "正しい潮汐表を読む。"),
        ("“A harbor is a promise!” " * 30, "“A harbor is a promise!”"),
        ("「港は約束だ。」" * 40, "「港は約束だ。」"),
        ("هل قرأت الجدول؟ نعم. " * 30, "."),
    ],
)
def test_sentences_end_in_every_script(text: str, expected: str) -> None:
    (part,) = fit(text, X).parts
    assert part.endswith(expected[-3:])
    assert not part.endswith("…")


@pytest.mark.parametrize(
    "text", ["We met Mr. Kim of the pilots " + "a " * 100, "It is e.g. this and J. Doe " + "a " * 100]
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert fit(text + "a " * 100, small(60)).parts[0].endswith("a…")


def test_cut_after_a_word_with_an_ellipsis() -> None:
    (part,) = fit("tide tables, and boats " * 30, X).parts
    assert part.endswith("…")
    assert not part.endswith(",…")
    assert part.rstrip("…").rsplit(maxsplit=1)[-1] in ("tide", "tables", "and", "boats")


def test_cut_after_a_grapheme_where_there_are_no_words() -> None:
    assert fit("a" * 500, X).parts == ("a" * 278 + "…",)
    assert fit("👨‍👩‍👧‍👦" * 141, X).parts == ("👨‍👩‍👧‍👦" * 139 + "…",)
    assert fit("e\u0301" * 400, BLUESKY).parts == ("e\u0301" * 299 + "…",)
    assert fit("한글" * 200, X).parts[0].count("한") == 70


def test_the_link_is_kept_whole() -> None:
    link = "https://harbor.example.com/letters/" + "tide-" * 100
    (part,) = fit(SENTENCE * 20, X, keep=link).parts
    assert part.endswith(link)
    assert part == (SENTENCE * 4).strip() + "\n" + link


def test_what_is_kept_is_not_written_twice() -> None:
    text = SENTENCE * 20 + "\n\nhttps://example.com/a #tide"
    (part,) = fit(text, X, keep="https://example.com/a #tide").parts
    assert part == (SENTENCE * 4).strip() + " \n\nhttps://example.com/a #tide"


def test_a_link_longer_than_the_limit_is_left_out() -> None:
    link = "https://harbor.example.com/" + "a" * 300
    assert fit(link, KAKAO).parts == ()
    assert "left out" in fit(link, KAKAO).dropped[0]
    assert fit(f"{link} is long.", KAKAO).parts == ("is long.",)
    kept = fit("A letter.", KAKAO, keep=link)
    assert kept.parts == ("A letter.",)
    assert "left out" in kept.dropped[0]
    assert fit(link, X).parts == (link,)  # there it counts 23


def test_a_limit_smaller_than_one_grapheme() -> None:
    fitted = fit("漢字", small(1, "weighted"))
    assert fitted.parts == ()
    assert fitted.dropped
    assert fit("ab", small(1)).parts == ("a",)


def test_what_no_network_shows_is_taken_out() -> None:
    fitted = fit("a\x00b\ud83d\ude00c\ud800\ufeff", X)
    assert fitted.parts == ("ab😀c\ufffd",)
    assert fitted.dropped == ("Characters that no network shows are taken out.",)
    assert fit("a\r\nb", X).parts == ("a\nb",)
    assert fit("a\r\nb", X).dropped == ()


def test_no_limit() -> None:
    assert fit("a" * 100_000, Capabilities("Mail")).parts == ("a" * 100_000,)


def test_a_remainder_that_becomes_a_link_is_not_over() -> None:
    text = "Look at the website www.example.community_" + "x" * 300
    (part,) = fit(text, small(45, "weighted")).parts
    assert measure(part, X) <= 45


def test_a_thread_is_numbered() -> None:
    fitted = fit(SENTENCE * 20, X, thread=True)
    assert len(fitted.parts) == 4
    assert [NUMBER.search(part)[0] for part in fitted.parts] == [" 1/4", " 2/4", " 3/4", " 4/4"]  # type: ignore[index]
    assert fitted.dropped == ()
    assert fit(SENTENCE, X, thread=True).parts == (SENTENCE,)


def test_a_thread_of_more_than_nine() -> None:
    fitted = fit(SENTENCE * 100, X, thread=True)
    assert fitted.parts[0].endswith(" 1/20")
    assert fitted.parts[19].endswith(" 20/20")


def test_a_channel_without_threads_cuts() -> None:
    assert len(fit(SENTENCE * 20, KAKAO, thread=True).parts) == 1


def test_the_link_goes_first_or_last_in_a_thread() -> None:
    last = fit(SENTENCE * 18, X, keep="example.com/a", thread=True).parts
    assert [link_texts(part) for part in last] == [[], [], [], ["example.com/a"]]
    assert last[-1] == (SENTENCE * 3).strip() + "\nexample.com/a 4/4"
    first = fit(SENTENCE * 18, X, keep="example.com/a", thread=True, keep_in="first").parts
    assert [link_texts(part) for part in first] == [["example.com/a"], [], [], []]
    assert first[0] == (SENTENCE * 4).strip() + "\nexample.com/a 1/4"


def test_a_link_that_fits_no_post_of_a_thread_gets_its_own() -> None:
    parts = fit(SENTENCE * 20, X, keep="example.com/a", thread=True).parts
    assert parts[-1] == "example.com/a 5/5"


def test_two_limits() -> None:
    families = "👨‍👩‍👧‍👦" * 300  # 25 bytes and one grapheme each
    assert measure(families, BLUESKY) == 300
    fitted = fit(families, BLUESKY)
    assert fitted.parts == ("👨‍👩‍👧‍👦" * 119 + "…",)
    assert "7,500 bytes long and Bluesky takes 3,000 bytes" in fitted.dropped[0]
    assert fit("가" * 300, BLUESKY).parts == ("가" * 300,)
    assert fit("가" * 301, BLUESKY).parts == ("가" * 299 + "…",)
    parts = fit(families, BLUESKY, thread=True).parts
    assert len(parts) == 3
    assert all(within(part, BLUESKY) for part in parts)
    assert fit("a" * 500, BYTES).parts == ("a" * 397 + "…",)
    assert "500 bytes long" in fit("a" * 500, BYTES).dropped[0]


@pytest.mark.parametrize(
    "tag",
    [
        "#tide_tables",
        "#한글날",
        "#港は潮汐表",
        "@pier",
        "@pier@harbor.example",
        "@ida.harbor.example",
        "a.b@pier.example",
    ],
)
@pytest.mark.parametrize("counts", COUNTINGS)
def test_a_hashtag_or_mention_is_whole_or_not_there(tag: str, counts: str) -> None:
    text = f"가나다라마바({tag})사아자차카타파하거너더러"  # nowhere else to cut than inside it
    least = measure(tag, small(1, counts))
    for limit in range(least + 6, 3 * least):
        (part,) = fit(text, small(limit, counts)).parts
        assert text.startswith(part.removesuffix("…"))
        assert tag in part or tag[:2] not in part
        thread = fit(text, small(limit, counts), thread=True).parts
        assert sum(tag in one for one in thread) == 1


def test_a_hashtag_longer_than_the_limit_is_cut_like_a_word() -> None:
    assert fit("#" + "가" * 80, small(20)).parts == ("#" + "가" * 18 + "…",)
    assert fit("#" + "가" * 80, small(20)).dropped


# Properties


@PROPERTY
@given(TEXTS, CAPABILITIES, KEEPS, st.booleans(), st.sampled_from(["first", "last"]))
def test_never_over_the_limit(text: str, capabilities: Capabilities, keep: str, thread: bool, where: str) -> None:
    fitted = fit(text, capabilities, keep=keep, thread=thread, keep_in=where)  # type: ignore[arg-type]
    for part in fitted.parts:
        assert part.strip()
        assert within(part, capabilities)


@PROPERTY
@given(TEXTS, CAPABILITIES)
def test_never_inside_a_grapheme_or_a_link(text: str, capabilities: Capabilities) -> None:
    text = "".join(text.split("\ufffd")).encode("utf-8", "ignore").decode()
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]", "", text)
    fitted = fit(text, capabilities)
    if not fitted.parts or fitted.parts[0].strip() == text.strip():
        return
    head = fitted.parts[0].removesuffix("…")
    start = text.index(head)
    end = start + len(head)
    assert end in {0, *accumulate(len(cluster) for cluster in clusters(text))}
    for link in link_texts(text[start:]):
        inside = text.index(link, start) < end < text.index(link, start) + len(link)
        assert not inside or link in head


DENSE = st.lists(
    st.sampled_from(["港", "(", ")", "가나다", "(#港は潮汐表", "(#한글날", "(@pier", "(@pier@harbor.example"]),
    min_size=5,
    max_size=40,
)


@PROPERTY
@given(st.one_of(TEXTS, st.builds("".join, DENSE)), CAPABILITIES, st.booleans())
def test_never_inside_a_hashtag_or_mention(text: str, capabilities: Capabilities, thread: bool) -> None:
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffd\ufffe\uffff]", "", text)
    position = 0
    for part in fit(text, capabilities, thread=thread).parts:
        said = NUMBER.sub("", part) if thread else part.removesuffix("…")
        start = text.find(said, position)
        if start < 0:  # the text itself ends in what looks like a number or an ellipsis
            return
        position = start + len(said)
        for tag in tags(text):
            if within(text[tag.start : tag.end], capabilities) and not _in_link(text, tag):
                assert not tag.start < position < tag.end
                assert not tag.start < start < tag.end


def _in_link(text: str, tag: Span) -> bool:
    """What is part of a longer thing that can't be cut goes with it."""
    return any(link.start < tag.end and tag.start < link.end for link in unbreakable(text))


@PROPERTY
@given(TEXTS, CAPABILITIES)
def test_nothing_that_can_not_be_sent(text: str, capabilities: Capabilities) -> None:
    for thread in (False, True):
        for part in fit(text, capabilities, thread=thread).parts:
            part.encode("utf-8")
            if capabilities.limit and capabilities.limit > 3:
                assert valid(part, capabilities)


@PROPERTY
@given(TEXTS, CAPABILITIES)
def test_pieces_cost_no_less_than_the_whole(text: str, capabilities: Capabilities) -> None:
    pieces = clusters(text)
    if capabilities.link_length is None and capabilities.counts != "weighted":
        assert sum(cluster_cost(piece, capabilities) for piece in pieces) >= cost(text, capabilities)
    most = capacity(capabilities)
    assert most is not None
    assert (cost(text, capabilities) <= most) == within(text, capabilities)


@PROPERTY
@given(TEXTS, CAPABILITIES, KEEPS, st.booleans(), st.sampled_from(["first", "last"]))
def test_what_is_kept_survives_whole(
    text: str, capabilities: Capabilities, keep: str, thread: bool, where: str
) -> None:
    fitted = fit(text, capabilities, keep=keep, thread=thread, keep_in=where)  # type: ignore[arg-type]
    if not within(keep, capabilities):
        assert fitted.dropped
    elif keep and not thread:
        assert fitted.parts[-1].endswith(keep)
    elif keep:
        assert any(NUMBER.sub("", part).endswith(keep) for part in fitted.parts)


@PROPERTY
@given(TEXTS, CAPABILITIES, KEEPS)
def test_fitting_twice_is_fitting_once(text: str, capabilities: Capabilities, keep: str) -> None:
    once = fit(text, capabilities, keep=keep).parts
    assert [fit(part, capabilities, keep=keep).parts for part in once] == [(part,) for part in once]
    thread = fit(text, capabilities, thread=True).parts
    assert [fit(part, capabilities, thread=True).parts for part in thread] == [(part,) for part in thread]


@PROPERTY
@given(TEXTS, st.sampled_from([X, MASTODON, BLUESKY, small(60), small(90, "weighted")]), KEEPS)
def test_a_thread_loses_nothing(text: str, capabilities: Capabilities, keep: str) -> None:
    fitted = fit(text, capabilities, keep=keep, thread=True)
    parts = [NUMBER.sub("", part) for part in fitted.parts] if len(fitted.parts) > 1 else list(fitted.parts)
    lost = [sentence for sentence in fitted.dropped if "left out" in sentence]
    if not lost:
        whole = text if keep and text.endswith(keep) else text + keep
        assert sendable("".join(parts)) == sendable(whole)


@PROPERTY
@given(TEXTS, CAPABILITIES)
def test_what_is_missing_is_said(text: str, capabilities: Capabilities) -> None:
    fitted = fit(text, capabilities)
    if "".join(fitted.parts).strip() != re.sub("\r\n?|\x85", "\n", text).strip():
        assert fitted.dropped or not sendable(text)
    assert fitted.length == measure(text, capabilities)


@pytest.mark.parametrize(
    "text", [SENTENCE * 200, "항구는 조석표에 귀를 기울입니다. " * 550, "漢" * 10_000, "https://a.co/x " * 700]
)
@pytest.mark.parametrize("thread", [False, True])
def test_a_long_text_takes_no_time(text: str, thread: bool) -> None:
    text *= 10_000 // len(text)
    started = time.process_time()
    fit(text, X, thread=thread)
    assert time.process_time() - started < 1
