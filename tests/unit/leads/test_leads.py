"""What a letter is about: its summary, else the first sentence that says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.domain.courtesies import is_apparatus, is_courtesy
from distributor.domain.leads import description, lead, opening, points_back
from distributor.domain.text_cuts import sentences

NEWS = "The tide gauge at the north quay reports once an hour to a line that nobody answers."
MORE = "Replacing it costs less than one night of flooded stalls."

COURTESIES = (
    "First of all, I would like to convey my heartfelt congratulations on your appointment.",
    "Congratulations on your appointment.",
    "Thank you for the letters that so many of you sent us this week.",
    "Thanks to everyone who came to the quay last Sunday!",
    "On behalf of the rowing club, we want to express our deep gratitude to the divers.",
    "I hope this letter finds you well.",
    "It is with great pleasure that I write to the new commission.",
    "Welcome back to the Harbor Letter.",
    "Good morning, Sokcho!",
    "My name is Seo Haneul and I have fished here for thirty years.",
    "먼저 위원장님의 취임을 진심으로 축하드립니다.",
    "안녕하세요, 항구 편지입니다.",
    "지난주 많은 편지를 보내 주셔서 감사합니다.",
    "독자 여러분께 깊은 감사의 인사를 드립니다.",
    "존경하는 위원 여러분께.",
    "새해 복 많이 받으세요.",
    "このたびはご就任、誠におめでとうございます。",
    "平素よりお世話になっております。",
    "皆様のご支援に心より感謝申し上げます。",
    "首先，我谨向您表示衷心的祝贺。",
    "大家好，欢迎阅读本期来信。",
    "感谢各位读者的来信。",
    "Zunächst möchte ich Ihnen herzlich zur Ernennung gratulieren.",
    "Vielen Dank für die vielen Briefe.",
    "Sehr geehrte Damen und Herren!",
    "Tout d’abord, je voudrais vous féliciter pour votre nomination.",
    "Merci pour vos lettres.",
    "Chers lecteurs, bonne année !",
    "Ante todo, quiero felicitarle por su nombramiento.",
    "Muchas gracias por sus cartas.",
    "Em primeiro lugar, gostaria de parabenizar a nova comissão.",
    "Obrigada pelas cartas.",
    "Innanzitutto vorrei congratularmi con la nuova commissione.",
    "Grazie per le vostre lettere.",
    "Allereerst wil ik u feliciteren met uw benoeming.",
    "Прежде всего хочу поздравить вас с назначением.",
    "Trước hết, tôi xin chúc mừng quý vị.",
    "Pertama-tama, saya mengucapkan selamat atas pengangkatan Anda.",
    "Pertama-tama saya ingin menyampaikan ucapan selamat yang tulus atas pelantikan Anda.",
    "Antes de mais, quero dar-lhe os meus sinceros parabéns pela sua eleição para a câmara.",
    "Sejam bem-vindos à carta do porto.",
    "Liebe Leserinnen und Leser, willkommen zur 42. Ausgabe unseres Hafenbriefs, schön dass Sie da sind.",
    "Zunächst möchte ich Ihnen meine herzlichen Glückwünsche aussprechen.",
    "Permettez-moi de vous adresser mes sincères félicitations.",
    "Soyez les bienvenus dans la lettre du port.",
    "Quiero darle la enhorabuena por su nombramiento.",
    "Queridos lectores, bienvenidos a la carta del puerto.",
    "Vorrei porgerle le mie più sincere congratulazioni.",
    "Cari lettori, benvenuti alla lettera del porto.",
    "Allereerst wil ik u mijn hartelijke felicitaties overbrengen.",
    "Разрешите поздравить вас с назначением.",
    "앞으로 좋은 항구를 만들어 주시기를 바랍니다.",
    "늘 건강과 행복을 기원합니다.",
    "If you’re new here, welcome!",
    "Welcome to our 42nd letter.",
)
NO_COURTESIES = (
    NEWS,
    "The city thanks its divers with a night of free ferries.",
    "Thanks to the new gauge, the stalls stayed dry for the first time in years.",
    "We want a harbor that listens to its tide tables.",
    "I think the contract can be changed.",
    "Dearer fish is what the market fears most.",
    "Hi-tech buoys now measure the channel.",
    "시는 개항 백 주년을 축하하는 행사를 연다.",
    "항구는 조석표에 귀를 기울여야 한다.",
    "感谢信寄到了港口。",
    "Danke-Karten kosten im Hafen jetzt zwei Euro.",
    "Liebe geht im Hafen durch den Magen.",
    "Gracias a la nueva boya, el canal está medido.",
    "Grazie alla nuova boa il canale è misurato.",
    "Merci à la nouvelle bouée : le chenal est mesuré.",
    "Welcome changes came to the harbour law this week.",
    "Congratulations poured in for the skipper who held the line.",
    "Willkommene Änderungen kamen in das Hafengesetz.",
    "The sorry state of the pier is known to all.",
    "Sorry state of affairs at the quay, says the skipper.",
    "항만위원회는 조위계를 바꿔 주시기 바랍니다.",
    "Liebe Leserinnen und Leser, die Fähre hält jetzt um zwölf.",
    "Caros leitores, a balsa para agora ao meio-dia.",
    "Merci à la nouvelle bouée : le chenal est mesuré.",
)


@pytest.mark.parametrize("sentence", COURTESIES)
def test_a_courtesy_is_passed_over_in_the_main_languages(sentence: str) -> None:
    assert is_courtesy(sentence)
    assert opening(f"{sentence} {NEWS}\n\n{MORE}") == NEWS
    assert opening(f"{sentence}\n\n{NEWS} {MORE}\n\nMore.") == f"{NEWS} {MORE}"
    assert description(sentence, text=f"{NEWS} {MORE}") == ""


@pytest.mark.parametrize("sentence", NO_COURTESIES[:-1])
def test_what_only_has_such_a_word_is_kept(sentence: str) -> None:
    assert not is_courtesy(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Photo: Kim Minji",
        "Divers at the quay on Sunday. Credit: Kim Minji/Reuters",
        "Subscribe to the Harbor Letter.",
        "This article was first published on Monday.",
        "[What you need to know: get the Harbor Letter.]",
        "When you buy through our links, we may earn a commission.",
        "사진=김민지 기자",
        "图为北码头的潮位计。",
    ],
)
def test_a_page_s_own_words_are_no_lead(sentence: str) -> None:
    assert is_apparatus(sentence)
    assert opening(f"{sentence}\n\n{NEWS}\n\n{MORE}") == NEWS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Only a heading", "Only a heading"),
        ("Dear all,\n\nThis is it.\n\nMore.", "This is it."),
        (f"A heading\n\n{NEWS}\n\n{MORE}", NEWS),
        (f"위원 여러분께.\n\n{NEWS}", NEWS),
        (
            "안녕하세요!\n\n항구는 조석표에\n귀를 기울여야 합니다. 그래야 합니다.",
            "항구는 조석표에 귀를 기울여야 합니다. 그래야 합니다.",
        ),
        ("It was the driest year. The quay held.", "It was the driest year. The quay held."),  # nothing was passed over
        (f"Thank you all. But it is not enough for the quay. {NEWS}", NEWS),
        (f"감사합니다. 하지만 이것으로는 아직 충분하지 않다고 생각합니다. {NEWS}", NEWS),
        (f"Words need defenders.\n\n{NEWS}", NEWS),  # a few words alone
        (f"Words matter. {NEWS}", f"Words matter. {NEWS}"),
        (f"* a gauge\n* a dredger and its calendar, a season ahead of the ferries and the market\n\n{NEWS}", NEWS),
        (f"SOKCHO (Yonhap) — {NEWS}", NEWS),
        (f"[서울=항구신문] 홍길동 기자 = {NEWS}", NEWS),
        (f"(부산=연합뉴스) {NEWS}", NEWS),
        (f"[항구신문 홍길동 기자] {NEWS}", NEWS),
        (f"홍길동 기자 = {NEWS}", NEWS),
        (f"【ソウル聯合ニュース】{NEWS}", NEWS),
        (f"本报讯（记者王明）{NEWS}", NEWS),
        (f"[중요] {NEWS}", f"[중요] {NEWS}"),
        (f"SOKCHO, Korea – Nobody. {NEWS}", f"Nobody. {NEWS}"),
        (
            "Dec. 1, 2026 was the driest day of the harbor's year.",
            "Dec. 1, 2026 was the driest day of the harbor's year.",
        ),
        ("Thank you. They are few.", "They are few."),  # better than thanks
        ("Thank you.", "Thank you."),  # there is nothing else
    ],
)
def test_the_first_sentence_that_can_stand_alone(text: str, expected: str) -> None:
    assert opening(text) == expected


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("", NEWS),
        ("Why a harbor needs its own tide tables", "Why a harbor needs its own tide tables"),
        ("A gauge  that nobody\nhears: what it costs.", "A gauge that nobody hears: what it costs."),
        (NEWS[:40], NEWS),  # the text's own beginning
        (f"{NEWS[:60]}…", NEWS),
        (
            "A gauge that nobody hears costs us dear. The second matter is the dred…",
            "A gauge that nobody hears costs us dear.",
        ),
        ("A gauge that nobody hears, and what it costs the stalls, the ferr...", NEWS),
        ("Tides", NEWS),
        ("Best gauge in test ✓ Best price ✓ ▶ Read now", NEWS),
        ("Thank you for reading! A gauge that nobody hears.", NEWS),
        ("By Kim Minji", NEWS),
    ],
)
def test_what_a_page_says_of_itself_comes_first_where_an_editor_would_post_it(summary: str, expected: str) -> None:
    text = f"{NEWS}\n\n{MORE}"
    assert lead(text, summary=description(summary, text=text)) == expected


@pytest.mark.parametrize(
    "summary",
    [
        "Why the bay is open in March.",
        "Tides",
        "조수",
        NEWS[:40],
        NEWS.partition(" ")[0],
        "What the tide took…",
        "Thank you, divers.",
        "Welcome to our 42nd letter.",
        "Ferries ★ Tides ★ Fish",
    ],
)
def test_the_newsroom_s_own_summary_always_wins(summary: str) -> None:
    assert lead(f"{NEWS}\n\n{MORE}", summary=summary) == summary


def test_a_summary_s_markup_is_not_shown() -> None:
    assert lead(NEWS, summary='What <b>costs</b> us <a href="https://q.example">dear</a>.<br>') == "What costs us dear."
    assert lead(NEWS, summary="If 3 < 4 and 5 > 4.") == "If 3 < 4 and 5 > 4."


def test_of_a_summary_that_a_program_cut_the_whole_sentences_stay() -> None:
    assert lead(NEWS, summary="The gauge is heard. What it costs the st […]") == "The gauge is heard."
    assert lead(NEWS, summary="What it costs the st [...]") == NEWS


def test_what_points_back() -> None:
    for sentence in (
        "But he stayed.",
        "Diese Zahl steigt.",
        "이는 시작이다.",
        "これは始まりだ。",
        "Unter diesem Motto.",
    ):
        assert points_back(sentence)
    for sentence in ("Butter is dear.", "Thistles grow.", "이천 명이 왔다.", "Esther stayed."):
        assert not points_back(sentence)


@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_has_one_line_of_its_own(text: str, summary: str) -> None:
    result = lead(text, summary=summary)
    assert "\n\n" not in result
    assert bool(result) or not text.strip() or not result.strip()


@given(st.text(max_size=300))
def test_sentences_joined_are_the_paragraph(text: str) -> None:
    assert "".join(sentences(text)) == text
