"""Whether a headline of relief bans goods in a clause of its own, or only halts something else."""

import pytest

from warning.core.text.ban_beside import bans_beside


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("en", "China lifts antimony ban for US but bans gallium to Japan"),
        ("en", "China suspends germanium curbs while halting exports of gallium and rare earths to Japan"),
        ("zh", "中国暂停对美锑出口管制，禁止对日出口镓、锗"),
        ("ja", "中国、対米アンチモン禁輸を解除　日本向けガリウムは輸出禁止"),
        ("ko", "중국, 안티모니 수출 통제 해제…일본에는 갈륨 수출 금지"),
    ],
)
def test_goods_banned_in_a_clause_of_their_own_stand_beside_the_relief(language, headline):
    assert bans_beside(language, headline)


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("en", "China suspends gallium curbs, halts port fees"),
        ("en", "China suspends gallium curbs, halts rare earth export controls"),
        ("en", "China suspends gallium curbs and stops blocking exports"),
        ("en", "China suspends gallium ban, announced in 2024, barring shipments to US"),
        ("en", "China suspends order that restricts antimony and bans gallium exports to US"),
        ("zh", "中国暂停稀土出口管制，禁止出口条款中止"),
        ("zh", "中国暂停稀土出口管制，同时叫停稀土出口限制"),
        ("ja", "中国、ガリウム輸出規制を緩和へ 対米輸出禁止"),
        ("ko", "중국 규제 해제…갈륨 대미 수출 금지"),
        ("fr", "La Chine lève un contrôle, bans gallium to Japan"),
    ],
)
def test_other_ends_and_the_ban_that_ends_itself_are_no_ban_beside_the_relief(language, headline):
    assert not bans_beside(language, headline)
