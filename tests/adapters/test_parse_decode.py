"""Bytes become the text the publisher meant, also when the declaration is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.collect.decode import decode

CHINESE = "商务部公告2023年第23号 关于对镓、锗相关物项实施出口管制的公告，自2023年8月1日起正式实施。"
TRADITIONAL = "經濟部國際貿易署公告修正戰略性高科技貨品輸出規定，本公告自發布日起實施，特此公告說明。"
JAPANESE = (
    "経済産業省は、外国為替及び外国貿易法に基づく輸出貿易管理令の一部を改正する政令について発表しました。"
)
KOREAN = "산업통상자원부는 전략물자 수출입고시를 개정하여 수출통제 품목을 확대한다고 밝혔다."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"), (CHINESE, "utf-8"), (CHINESE, "utf-16"), (CHINESE, "utf-8-sig"), (TRADITIONAL, "big5"),
        (JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (JAPANESE, "iso2022_jp"), (KOREAN, "cp949"), (KOREAN, "euc_kr"),
    ],
)  # fmt: skip
def test_a_declared_encoding_is_followed(text: str, encoding: str) -> None:
    page = f"<html><head><meta charset='{encoding}'></head><p>{text}</p>".encode(encoding)
    assert text in decode(page, f"text/html; charset={encoding}").text
    assert text in decode(page).text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (TRADITIONAL, "big5"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "cp949"),
    ],
)
@pytest.mark.parametrize("header", ["", "text/html; charset=utf-8", "text/html; charset=no-such-thing"])
def test_an_undeclared_or_wrongly_declared_encoding_is_found(text: str, encoding: str, header: str) -> None:
    decoded = decode(f"<html><body>{text}{text}".encode(encoding), header)
    assert text in decoded.text
    assert decoded.problem or not header or "no-such" in header


def test_the_declaration_in_the_page_counts_when_the_header_is_impossible() -> None:
    page = f"<meta http-equiv=Content-Type content='text/html; charset=gb2312'>{CHINESE}".encode("gbk")
    assert CHINESE in decode(page, "text/html; charset=utf-8").text


@pytest.mark.parametrize("declared", ["iso-8859-1", "gbk", "shift_jis", "windows-1252"])
def test_utf8_is_recognised_under_another_name(declared: str) -> None:
    decoded = decode(CHINESE.encode(), f"text/html; charset={declared}")
    assert decoded.text == CHINESE
    assert decoded.encoding == "utf-8"
    assert declared.split("-", maxsplit=1)[0][:2] in decoded.problem or "declared" in decoded.problem


def test_a_korean_page_that_says_gb2312_is_read_as_korean() -> None:
    assert KOREAN in decode(KOREAN.encode("cp949"), "text/html; charset=gb2312").text


def test_a_few_broken_bytes_cost_those_bytes_only() -> None:
    body = (CHINESE * 20).encode()
    decoded = decode(body[:100] + b"\xff" + body[100:])
    assert decoded.text.count("商务部公告") >= 19
    assert "cannot be read" in decoded.problem


def test_a_codec_that_is_no_text_encoding_is_not_followed() -> None:
    assert decode(b"\xe4\xb8\xad", "text/html; charset=zip").text == "中"
    assert decode(b"abc", "text/html; charset=rot13").text == "abc"


@given(
    st.binary(max_size=600),
    st.sampled_from(["", "text/xml; charset=utf-16", "a/b; charset=euc-kr", "; charset=idna"]),
)
def test_any_bytes_give_a_text(body: bytes, header: str) -> None:
    assert isinstance(decode(body, header).text, str)
