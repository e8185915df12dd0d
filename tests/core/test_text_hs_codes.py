"""Customs codes of export-control notices: read as their issuers print them, and nothing else taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.terms import Material
from warning.core.text.hs_codes import MOST_CODES, hs_codes_in, materials_of_codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1.金属镓（单质）（参考海关商品编号：8110929010、8112929090、8112999000）。", "8110929010 8112929090 8112999000"),
        ("人造金刚石微粉（参考税则号列：71051020）；单晶（参考税则号列：71051020）", "71051020"),
        ("三乙醇胺（海关商品编号2922150000）和混合物", "2922150000"),
        ("钼粉(参考海关商品编号：8102100001)。密度8.5克", "8102100001"),
        ("Stirring paddles (HS Code: 84799090)", "84799090"),
        ("under HS codes 8112.92, 8112.99 and 2825.60.00", "811292 811299 28256000"),
        ("HTSUS subheading 8606.10.0000; HTSUS 8607.30.1000", "8606100000 8607301000"),
        ("Imports under HS 250410 fell", "250410"),
        ("magnets (HS heading 8505)", "8505"),
        ("ガリウム（HSコード：8112.92）", "811292"),
        ("요소(HS코드 3102.10) 수출 통관", "310210"),
        ("产品\t海关商品编号\n镓\t8112929090\n锗\t8112921010、8112921090\n合计\t12", "8112929090 8112921010 8112921090"),
        ("附件：物项 参考海关商品编号\n8112929090\n8112999000\n电话：65197393", "8112929090 8112999000"),
        ("税则号列\t名称\n8112.9290\t镓\n2846.9011\t氧化铽", "81129290 28469011"),
        ("税则号列\t名称\n8112 92 90\t镓", "81129290"),
        ("附件 海关商品编号 名称\n2504101000 球化石墨\n2. 2504109100 膨胀石墨\n其他 8112929090", "2504101000 2504109100 8112929090"),
        ("商品编码\n２５０４１０１０００", "2504101000"),
        ("ＨＳコード：８１１２．９２", "811292"),
        ("HS codes:\n8112.92.90\n2804.61.00", "81129290 28046100"),
        ("HS codes:\n8112.92\n2804.61\n1234.5 tonnes", "811292 280461"),
        ("HS code 8112.92 2024", "811292"),
        ("HS code 2504.10 2026-11-22", "250410"),
        ("HS code 8112 50 tonnes", "8112"),
        ("HSK 2504.10-1010", "2504101010"),
        ("CN: HS code 8112 92 81", "81129281"),
        ("商品编号\t发布日期\n8112929090\t20241203", "8112929090"),
        ("物项\t参考海关商品编号\n手机电池\t8507600090", "8507600090"),
        ("海关商品编号 8112929090\n联系电话\t65198114\n商品\t2504101000", "8112929090 2504101000"),
    ],
)  # fmt: skip
def test_codes_are_read_where_words_announce_them(text, codes):
    assert hs_codes_in(text) == tuple(codes.split())


@pytest.mark.parametrize(
    "text",
    [
        "咨询电话：01065197393 传真8112929090",
        "国家标准的商品编号见附件，2025年12月1日起施行",
        "HS 2022 takes effect in January",
        "税号9912345678901的纳税人",
        "统一社会信用代码 8112929090",
        "The HS code is changed; 12345678 people answered",
        "HS code 99030124 and HS code 00112233",
        "商品编号见附件\n发布日期\t20241203",
        "商品编号见附件\n发布日期\t20081130",
        "商品编号见附件\n联系电话\t65198114\n传真：\t28046110\n邮编\t10073100",
        "商品编号见附件\n备案号\t2504101020\n文号\t20240046\n文号\t28046110",
        "商品编号见附件\n姓名\t电话\n王\t65198114",
        "商品编号见附件\n联系电话\n65198114",
        "商品编号见附件\n联系电话 65198114",
        "商品编号见附件\n28046110 元",
        "HS codes do not apply. Tel\t28256000",
        "税号：91110000MA01",
        "纳税人税号：11010519",
        "tariff lines 5000 covered",
        "tariff lines: 1000 in 2024",
        "HS No. 20260101",
    ],
)
def test_other_numbers_are_no_codes(text):
    assert hs_codes_in(text) == ()


def test_codes_stand_in_the_order_of_the_text_each_once():
    text = "HS code 850511; HS code 2504.10; HS code 850511"
    assert hs_codes_in(text) == ("850511", "250410")


@given(st.lists(st.integers(21_00_00_00_00, 76_99_99_99_99), min_size=1, max_size=120, unique=True))
def test_every_code_of_a_list_is_read_up_to_a_bound(numbers):
    text = f"参考海关商品编号：{'、'.join(map(str, numbers))}"
    assert hs_codes_in(text) == tuple(map(str, numbers))[:MOST_CODES]


@given(st.text(alphabet="HS码号税编:：（8112.92、 \t\n及年", max_size=200))
def test_any_text_gives_digits_of_two_to_five_pairs(text):
    assert all(code.isdigit() and len(code) in {4, 6, 8, 10} for code in hs_codes_in(f"HS编码{text}"))


def of(*codes: str) -> Material:
    return Material(names={}, label={}, hs_codes=codes)


def test_a_code_of_one_material_means_it_and_one_that_several_share_means_none():
    known = {"antimony": of("261710", "811010"), "gallium": of("811292"), "germanium": of("811292", "282560")}
    assert materials_of_codes(["8110101000", "8112929090"], known) == {"antimony"}
    assert materials_of_codes(["2825600002"], known) == {"germanium"}
