"""Tables as spreadsheets and other systems write them: encodings, separators, stray quotation marks, damaged rows."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

import pytest

from distributor.audience.csv_files import CsvTable, open_table
from distributor.audience.import_rows import Row, RowProblem, open_people
from distributor.audience.text_encodings import codec_of, detect
from distributor.domain.errors import BadInput, BadTable

KOREAN = "이메일,이름\r\nha@example.com,김하늘\r\n"
JAPANESE = "メールアドレス,氏名\r\nta@example.com,山田太郎\r\n"
FRENCH = "Adresse e-mail;Nom\r\nfr@example.com;François Lefèvre\r\n"


def read(data: bytes) -> tuple[str, list[Row | RowProblem]]:
    """Return the encoding that a file's bytes were read in, and its rows."""
    with open_table(io.BytesIO(data), name="people.csv") as table:
        return table.encoding, list(open_people(table)[1])


@pytest.mark.parametrize(
    ("text", "codec", "detected"),
    [
        (KOREAN, "utf-8", "utf-8"),
        (KOREAN, "utf-8-sig", "utf-8"),
        (KOREAN.replace(",", "\t"), "utf-16", "utf-16"),
        (KOREAN, "cp949", "cp949"),
        (JAPANESE, "cp932", "cp932"),
        (FRENCH, "cp1252", "cp1252"),
        ("email,name\nfr@example.com,Zoë\n", "latin-1", "cp1252"),
        ("почта,email\nИван Петров,ru@example.com\n", "cp1251", "cp1251"),
        ("邮箱,姓名,email\nx,王小明,zh@example.com\n".replace("邮箱", "地址"), "gb18030", "gb18030"),
    ],
)
def test_encodings_are_told_from_the_bytes(text: str, codec: str, detected: str) -> None:
    encoding, rows = read(text.encode(codec))
    assert encoding == detected
    assert rows == read(text.encode())[1]
    assert isinstance(rows[0], Row)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        *(("Ñuñez", "cp1252"), ("Ødegård", "cp1252"), ("Björn Åström", "cp1252"), ("É", "cp1252"), ("Größe", "cp1252")),
        *(("鈴木一郎", "cp932"), ("김하늘", "cp949"), ("Ольга", "cp1251")),
    ],
)
def test_one_name_is_enough(name: str, codec: str) -> None:
    assert detect(io.BytesIO(f"email,name\na@example.com,{name}\n".encode(codec))) == codec


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_utf_16_with_a_mark_or_without(mark: bytes) -> None:
    codec = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    data = "email\tname\r\nha@example.com\t김하늘\r\n".encode(codec)
    for start in (mark, b""):
        assert read(start + data)[1] == [Row(2, "ha@example.com", "김하늘")]


def people(count: int) -> list[bytes]:
    return [b"email,name", *(b"u%d@example.com,N%d" % (number, number) for number in range(count))]


@pytest.mark.parametrize("damaged", [b"bad@example.com,J\xf6rg", b"bad@example.com,\xff\xfe", b"\xffd@example.com,x"])
def test_one_wrong_byte_costs_one_row(damaged: bytes) -> None:
    lines = people(60)
    lines.insert(40, damaged)
    encoding, rows = read(b"\n".join(lines))
    assert encoding == "utf-8"
    assert [row for row in rows if isinstance(row, RowProblem)] == [RowProblem(41, "holds bytes that are not UTF-8")]
    assert len(rows) == 61


def test_damaged_rows_among_other_letters_cost_themselves() -> None:
    lines = [b"email,name", *(f"u{number}@example.com,김하늘".encode() for number in range(20))]
    lines[5:5] = [b"bad@example.com,\xb1\xe8"] * 30
    encoding, rows = read(b"\n".join(lines))
    assert (encoding, sum(isinstance(row, RowProblem) for row in rows)) == ("utf-8", 30)


@pytest.mark.parametrize(
    ("stray", "message"),
    [
        ('bad@example.com,"Ann" Bell', "a quotation mark in the middle of a cell"),
        ('bad@example.com,"Ann', "a quotation mark that is not closed"),
        ('"bad@example.com,Ann', "a quotation mark that is not closed"),
    ],
)
@pytest.mark.parametrize("after", ["", 'last@example.com,"Lee, Ada"\n', 'last@example.com,Ann"\n'])
def test_a_stray_quotation_mark_costs_one_row(stray: str, message: str, after: str) -> None:
    lines = [line.decode() for line in people(6_000)]
    lines.insert(3_001, stray)
    _, rows = read(("\n".join(lines) + "\n" + after).encode())
    (problem,) = [row for row in rows if isinstance(row, RowProblem)]
    assert (problem.row, message in problem.message) == (3_002, True)
    assert len(rows) == 6_001 + bool(after)


def test_a_stray_mark_that_the_next_one_seems_to_close_swallows_nobody() -> None:
    text = 'email,name\na@example.com,A\nb@example.com,"B\nc@example.com,C\nd@example.com,D"\ne@example.com,"E\nE"\n'
    rows = read(text.encode())[1]
    assert [row.email for row in rows if isinstance(row, Row)] == [
        *("a@example.com", "c@example.com", "d@example.com", "e@example.com"),
    ]
    assert [row for row in rows if isinstance(row, RowProblem)] == [
        RowProblem(3, "has a quotation mark that is not closed")
    ]


def test_the_line_is_said_where_it_is_not_the_row() -> None:
    text = 'email,note\na@example.com,"one\ntwo\nthree"\nb@example.com,"x" y\n'
    assert read(text.encode())[1][1] == RowProblem(3, "has a quotation mark in the middle of a cell (line 5)")


@pytest.mark.parametrize("first", ["sep=;\r\n", "SEP=;\n", '"sep=;"\r\n', "\ufeffsep=;\r\n", "\r\nsep=;\r\n"])
def test_the_line_that_names_the_separator_is_heeded(first: str) -> None:
    assert read(f"{first}email;name, in full\r\na@example.com;Ann\r\n".encode())[1] == [
        Row(2, "a@example.com", attributes={"name, in full": "Ann"})
    ]
    with pytest.raises(BadTable, match="is empty"):
        read(first.encode())


@pytest.mark.parametrize(
    "header",
    [
        *(
            "이메일,이름",
            "메일 주소,성명",
            "メール,名前",
            "メールアドレス,お名前",
            "E-Mail-Adresse,Name",
            "EMail,Vollständiger Name",
        ),
        *("Courriel,Nom complet", "Adresse électronique,Nom", "Correo electrónico,Nombre", "correo_electronico,NOMBRE"),
        *("Email Address,Full Name", "E-mail,name"),
    ],
)
def test_headers_of_several_languages(header: str) -> None:
    assert read(f"{header}\na@example.com,Ann\n".encode())[1] == [Row(2, "a@example.com", "Ann")]


def test_what_comes_as_a_stream_is_read_twice_too(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(KOREAN.encode("cp949"))

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with open_table(Pipe(file.read_bytes())) as table:
        assert list(open_people(table)[1]) == [Row(2, "ha@example.com", "김하늘")]


def test_an_encoding_can_be_named() -> None:
    data = "email,name\nlu@example.com,Łukasz Żółć\n".encode("cp1250")
    with open_table(io.BytesIO(data), encoding=codec_of("Windows-1250")) as table:
        assert list(open_people(table)[1]) == [Row(2, "lu@example.com", "Łukasz Żółć")]
    for name in ("klingon", "rot13", "base64", "", "utf\0"):
        with pytest.raises(BadInput, match="is not an encoding"):
            codec_of(name)


def test_long_files_are_looked_at_to_their_end() -> None:
    lines = [b"email,name", *(b"u%d@example.com,N" % number for number in range(90_000))]
    korean = ["k@example.com,김하늘".encode("cp949")] * 9
    assert detect(io.BytesIO(b"\n".join([*lines, *korean]))) == "cp949"
    assert detect(io.BytesIO(b"\r".join([*lines, *korean]))) == "cp949"


def test_a_table_that_is_text_already() -> None:
    table = CsvTable(io.StringIO("email\na@example.com\n"), "“x”")
    assert list(open_people(table)[1]) == [Row(2, "a@example.com")]
