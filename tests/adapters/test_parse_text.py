"""Publisher's markup becomes plain text, and only safe links survive."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.collect.text import literal, looks_garbled, one_line, paragraphs, safe_link


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("<b>稀土</b>出口", "稀土出口"),
        ("Ga &amp;middot; Ge &#039;99&#039;", "Ga · Ge '99'"),
        ("&lt;p&gt;escaped&lt;/p&gt; markup", "escaped markup"),
        ("prices &lt; 5 &amp; &gt; 3", "prices < 5 & > 3"),
        ("a List<T> of things", "a List<T> of things"),
        ("<script>alert(1)</script>Notice", "Notice"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Notice", "Notice"),
        ("safe\u202egnihtemos\u200b\x00", "safegnihtemos"),
        ("  two\n lines\t here ", "two lines here"),
        ("全角１２３ ² ㈜", "全角１２３ ² ㈜"),
        ("<![CDATA[Notice <i>18</i>]]>", "Notice 18"),
        ("unclosed <a href='x", "unclosed <a href='x"),
        ("<!-- hidden --!>", ""),
    ],
)
def test_a_title_is_plain_text_on_one_line(raw: str, plain: str) -> None:
    assert one_line(raw) == plain


def test_block_elements_end_lines_and_inline_elements_join() -> None:
    assert paragraphs("<p>Cu<sub>2</sub>O</p><p>next<br/>last</p>") == "Cu2O\nnext\nlast"


def test_combining_letters_are_composed_but_compatibility_forms_are_kept() -> None:
    assert one_line(unicodedata.normalize("NFD", "일본 é")) == "일본 é"


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert len(one_line("x" * 9_000)) == 500
    assert one_line("x" * 9_000).endswith("…")


@pytest.mark.parametrize(
    ("link", "resolved"),
    [
        ("/a/b.html", "https://gov.example/a/b.html"),
        ("../c?x=1&amp;y=2", "https://gov.example/c?x=1&y=2"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        (" data:text/html,x", ""),
        ("mailto:a@b.c", ""),
        ("file:///etc/passwd", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_only_web_links_survive_and_are_resolved(link: str, resolved: str) -> None:
    assert safe_link(link, "https://gov.example/list/index.html") == resolved


@pytest.mark.parametrize("name", ["â", "***", "", "âCPUNTO.", "Ã©lan", "ï¿½x", "\ufffd"])
def test_garbled_names_are_recognised(name: str) -> None:
    assert looks_garbled(name)


@pytest.mark.parametrize(
    "name", ["Bâle SA", "中芯国际", "ÃGUAS", "Société Générale", "Zürich", "한국", "Château d'Eau", "3M"]
)
def test_names_with_accents_are_not_garbled(name: str) -> None:
    assert not looks_garbled(name)


@given(st.text(alphabet=st.sampled_from(list("<>&;!-[]\"'/=abpscript \n\u202e\x00")), max_size=400))
def test_nothing_invisible_or_executable_is_left_whatever_the_markup(raw: str) -> None:
    for text in (one_line(raw), paragraphs(raw), literal(raw)):
        assert "\x00" not in text
        assert "\u202e" not in text
    assert "\n" not in one_line(raw)
    assert "<script" not in one_line(raw)
