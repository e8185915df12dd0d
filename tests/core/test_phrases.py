"""Words agree with what fills the placeholder before them: Korean particles by sound, English plurals by number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warning.core.phrases import ends_in, filled


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("중국", "중국이 중국을 중국은 중국과 중국으로"),
        ("희토류", "희토류가 희토류를 희토류는 희토류와 희토류로"),
        ("갈륨", "갈륨이 갈륨을 갈륨은 갈륨과 갈륨으로"),
        ("코발트", "코발트가 코발트를 코발트는 코발트와 코발트로"),
        ("시베리아 니켈", "시베리아 니켈이 시베리아 니켈을 시베리아 니켈은 시베리아 니켈과 시베리아 니켈로"),
        ("2025/18", "2025/18이 2025/18을 2025/18은 2025/18과 2025/18로"),
        ("1,764 USD/kg", "1,764 USD/kg이 1,764 USD/kg을 1,764 USD/kg은 1,764 USD/kg과 1,764 USD/kg으로"),
        ("98%", "98%가 98%를 98%는 98%와 98%로"),
        ("HBM", "HBM이 HBM을 HBM은 HBM과 HBM으로"),
        ("EU", "EU가 EU를 EU는 EU와 EU로"),
        ("희토류(HS 2805)", "희토류(HS 2805)가 희토류(HS 2805)를 희토류(HS 2805)는 희토류(HS 2805)와 희토류(HS 2805)로"),
        ("‘통제’ [제18호]", "‘통제’ [제18호]가 ‘통제’ [제18호]를 ‘통제’ [제18호]는 ‘통제’ [제18호]와 ‘통제’ [제18호]로"),
        ("Harbour", "Harbour이(가) Harbour을(를) Harbour은(는) Harbour과(와) Harbour(으)로"),
    ],
)  # fmt: skip
def test_korean_particles_follow_the_last_sound_of_the_value(value, said):
    assert filled("{x}이(가) {x}을(를) {x}은(는) {x}과(와) {x}(으)로", {"x": value}, "ko") == said


def test_korean_particle_after_a_bracket_follows_the_word_before_it():
    assert filled("{x}({y})을(를) 뒷받침", {"x": "통제", "y": "10일"}, "ko") == "통제(10일)를 뒷받침"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("1", "1 day left, 1 independent publisher, 1 entry"),
        ("2", "2 days left, 2 independent publishers, 2 entries"),
        ("0", "0 days left, 0 independent publishers, 0 entries"),
        ("1,001", "1,001 days left, 1,001 independent publishers, 1,001 entries"),
    ],
)
def test_english_words_after_a_number_are_singular_after_one_alone(count, said):
    template = "{n} day(s) left, {n} independent publisher(s), {n} entr(y/ies)"
    assert filled(template, {"n": count}, "en") == said


def test_marks_inside_a_value_stay_as_they_were_written():
    assert filled("{x} day(s)", {"x": "unit(s) 1"}, "en") == "unit(s) 1 days"
    assert filled("{x}을(를)", {"x": "이(가) 중국"}, "ko") == "이(가) 중국을"


@given(st.text(max_size=40), st.text(max_size=40))
def test_values_are_never_parsed_whatever_they_hold(first, second):
    assert filled("<{a}|{b}>", {"a": first, "b": second}, "ko") == f"<{first}|{second}>"
    assert ends_in(first) in {"", "v", "l", "c"}


def test_placeholder_without_a_value_is_named():
    with pytest.raises(KeyError, match="missing"):
        filled("{missing}", {}, "en")
