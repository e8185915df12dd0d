"""Keep, tune or retire: by verdicts where there are enough, with the figures named."""

import pytest

from warning.core.rule_advice import RuleRecord, advise


@pytest.mark.parametrize(
    ("record", "word", "said"),
    [
        (RuleRecord(weeks=12, alerts=20, confirmed=19, false_positive=1), "keep", "19 of 20 verdicts confirm it, 0.76 to 0.99"),
        (RuleRecord(weeks=12, alerts=20, confirmed=12, false_positive=8), "tune", "right less than 80% of the time: 12 of 20"),
        (RuleRecord(weeks=12, alerts=20, confirmed=3, false_positive=17), "retire", "wrong more often than right: 3 of 20"),
        (RuleRecord(weeks=12, alerts=6, noisy=4, confirmed=1), "tune", "4 of 6 alerts were silenced"),
        (RuleRecord(weeks=12, alerts=4, noisy=4), "keep", "n=0, 10 are needed"),
        (RuleRecord(weeks=12, assessments=80, names_sources=True), "tune", "nothing came in from the sources it names"),
        (RuleRecord(weeks=12, assessments=80), "keep", "nothing to judge"),
        (RuleRecord(weeks=12, assessments=80, considered=900), "keep", "no alerts to judge"),
        (RuleRecord(weeks=12, assessments=80, considered=900, is_background=True), "keep", "background: opens none"),
    ],
    ids=["right", "half-right", "mostly-wrong", "silenced", "too-few", "blind", "waits", "quiet", "background"],
)  # fmt: skip
def test_advice_names_its_figures(record: RuleRecord, word: str, said: str):
    advice = advise(record)
    assert advice.word == word
    assert said in advice.because


def test_noise_is_a_share_of_alerts_and_unknown_without_any():
    assert RuleRecord(weeks=1, alerts=4, noisy=1).noise == 0.25
    assert RuleRecord(weeks=1).noise is None
