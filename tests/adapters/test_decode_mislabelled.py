"""East Asian documents under a wrong name: the letters tell what they are in, also in a few lines."""

import pytest

from warning.collect.decode import decode

JA = "輸出貿易管理令の一部を改正する政令について"
LINES = {
    "cp932": [
        JA,
        "レアアースの対日輸出を停止",
        "ガリウムの貨物が天津税関で止まる",
        "経産省、先端半導体の規制を強化へ",
    ],
    "euc_jp": [JA, "レアアースの対日輸出を停止", "ガリウムの貨物が天津税関で止まる"],
    "cp949": [
        "갈륨·게르마늄 수출통제 관련 업계 간담회",
        "“희토류” 통관 보류… 정부 대책 회의",
        "중국, 흑연 수출허가 지연",
    ],
    "gb18030": ["公布对锑等物项实施出口管制的决定", "企业反映锑出口许可迟迟未批", "商务部新闻发言人答记者问"],
}


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", ""])
@pytest.mark.parametrize("encoding", LINES)
def test_a_page_under_a_wrong_name_is_read_by_its_letters(encoding, declared):
    text = "\n".join(f"<li>{line}</li>" for line in LINES[encoding])
    head = f"<meta charset={declared}>" if declared else ""
    found = decode(head.encode() + text.encode(encoding))
    assert found.text == head + text
    assert found.problem


@pytest.mark.parametrize("line", LINES["cp932"])
def test_one_japanese_headline_is_not_taken_for_korean(line):
    assert decode(b"<meta charset=euc-jp>" + line.encode("cp932")).encoding == "cp932"
