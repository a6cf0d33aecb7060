"""Reading what public collections say of their bounces."""

from __future__ import annotations

from pathlib import Path

from benchmarks.support.bounce_sets import Sample, samples

RUBY = """
      '01' => [['5.1.1', '550', 'userunknown', true],
               ['5.2.2', '552', 'mailboxfull', false]],
      '02' => [['', '', 'vacation', false]],
"""
GO = """{{"07",   1, "5.2.2",   "550", "mailboxfull",     false, ""}},"""
FLUFL = """DATA = (
    ('simplewarning', 'one.txt', [b'a@b.example'], True),
    ('dsn', 'two.txt', [b'a@b.example',
                        b'c@d.example']),
)"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_each_mail_comes_once_with_what_its_set_says(tmp_path: Path) -> None:
    write(tmp_path / "ruby/test/public/lhost-code.rb", RUBY)
    write(tmp_path / "go/fact/48-lhost-post_test.go", GO)
    for name in ("lhost-code-01", "lhost-code-02", "lhost-post-07", "lhost-post-99"):
        write(tmp_path / f"ruby/set-of-emails/maildir/bsd/{name}.eml", name)
    write(tmp_path / "go/maildir/bsd/lhost-code-01.eml", "lhost-code-01")
    write(tmp_path / "flufl/bounce/_detectors/tests/detectors.py", FLUFL)
    write(tmp_path / "flufl/bounce/tests/data/one.txt", "1")
    write(tmp_path / "flufl/bounce/tests/data/two.txt", "2")
    assert set(samples(tmp_path)) == {
        Sample("lhost-code-01", b"lhost-code-01", ("mailboxfull", "userunknown")),
        Sample("lhost-code-02", b"lhost-code-02", ("vacation",)),
        Sample("lhost-post-07", b"lhost-post-07", ("mailboxfull",)),
        Sample("flufl-one.txt", b"1", ("flufl temporary",)),
        Sample("flufl-two.txt", b"2", ("flufl permanent",)),
    }
