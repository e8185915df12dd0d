"""What every sentence of the catalogues keeps to, in messages and in digests, whoever adds the next one."""

import re
import string

import pytest

from tests.adapters.alert_samples import BOOK, SAMPLES, message
from tests.core.build import exhibit
from warning.channels.naming import naming
from warning.channels.render_figures import figure_series, figure_title
from warning.channels.text_form import text_form
from warning.channels.words import LANGUAGES, words_for
from warning.core.phrases import ends_in
from warning.report.words import digest_words

CATALOGUES = {
    "messages": {language: words_for(language).templates for language in LANGUAGES},
    "digests": {language: digest_words(language).templates for language in LANGUAGES},
}
# The name of a marking scheme, of a code of the customs, and the command that shows the rest.
NAMES = {"TLP", "HS", "warning", "digest", "alerts", "list", "desk"}
BARE_PARTICLE = re.compile(r"[)\]\"'’”」]*(이|가|을|를|은|는|과|와|로|으로)(?=[ .,)]|$)")
PLURAL = re.compile(
    r"\{(?:count|days|total|publishers|sources|items|figures|gaps|before)\}(?! was)(?: [a-z-]+)* [a-z]+s\b"
)
POLITE = {
    "ja": re.compile(r"(です|ます|でした|ました|せん|ください)[」）]*(（[^（）]*）)?。?"),
    "ko": re.compile(r"(니다|시오)(\([^()]*\))?\.?"),
}
TIME = re.compile(r"(?<![\d:])\d{1,2}:\d{2}(?![\d:])")
ZONE = re.compile(r" (UTC|JST|KST|EDT|EST)\b")
DOUBLED = re.compile(r"\.\.(?!\.)|。。|、、|：：|: :|，，|,,|。\.|\. \.|（）|\(\)|[（(][、,]| [,.。、](?!\d)")

EVERY = [
    (name, language, key)
    for name, languages in CATALOGUES.items()
    for language in LANGUAGES
    for key in languages[language]
]


def sentences(*languages: str) -> list[tuple[str, str, str]]:
    return [
        (language, key, CATALOGUES[name][language][key])
        for name, language, key in EVERY
        if language in languages
    ]


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("name", CATALOGUES)
def test_catalogues_hold_the_same_keys_and_placeholders_in_every_language(name):
    found = {
        language: {key: placeholders(text) for key, text in templates.items()}
        for language, templates in CATALOGUES[name].items()
    }
    assert found["ja"] == found["en"]
    assert found["ko"] == found["en"]


def test_japanese_and_korean_hold_no_english_word_besides_names_and_codes():
    for _, key, text in sentences("ja", "ko"):
        said = re.sub(r"\{\w+\}", "", text)
        assert set(re.findall(r"[A-Za-z]{2,}", said)) <= NAMES, key


def test_korean_particles_right_after_a_placeholder_are_written_with_their_alternative():
    for _, key, text in sentences("ko"):
        literals = [literal for literal, _, _, _ in string.Formatter().parse(text)][1:]
        assert not [literal for literal in literals if BARE_PARTICLE.match(literal)], key


def test_english_words_after_a_number_are_written_with_their_singular():
    for _, key, text in sentences("en"):
        assert not PLURAL.search(text) or key == "evidence.many", key


def test_each_language_sets_brackets_and_colons_in_one_way():
    for language, key, text in sentences("ja", "ko"):
        wrong = "(: |[()])" if language == "ja" else "[（）：、。]"
        assert not re.search(wrong, re.sub(r"`[^`]*`", "", text)), (language, key)


def test_sentences_are_polite_and_entries_of_lists_are_notes():
    for language, key, text in sentences("ja", "ko"):
        stop = "。" if language == "ja" else "."
        is_note = key.startswith(("change.", "reason.", "standing.", "field.", "heading."))
        if key == "change.recalled":
            continue
        if is_note:
            assert not POLITE[language].search(re.sub(r"\{\w+\}", "", text)), (language, key)
        elif text.endswith(stop) and not text.startswith("{") and len(text) > 12 and "건." not in text:
            last = re.split(r"(?<=[。.]) ?", text.rstrip(stop))[-1]
            assert POLITE[language].search(last) or re.search(r"\}[^。.]*$", last), (language, key)


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_message_has_no_doubled_mark_and_every_time_has_its_zone(sample, language):
    said = message(SAMPLES[sample](), language)
    text = text_form(said)
    own = "\n".join(
        (said.lead, said.title, said.next_step, *(f.value for f in said.fields), *said.changes, *said.context)
    )
    assert not DOUBLED.search(own), DOUBLED.search(own)
    flat = re.sub(r"\s+", " ", re.sub(r"https?://\S+", "", text))
    for found in TIME.finditer(flat):
        assert ZONE.match(flat, found.end()), flat[found.start() - 20 : found.end() + 10]


def test_korean_sentence_of_a_lead_follows_the_last_sound_of_every_material():
    said = message(SAMPLES["control"](), "ko").lead
    assert ends_in("게르마늄") == "c"
    assert "게르마늄을 " in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_line_about_a_figure_is_said_in_the_readers_language(language):
    title = "Gallium (HS 811292) exports China → Japan, 2023-12: 20 t, 99.6 % under the usual level (5,534 t)"
    shown = exhibit("o1", kind="customs", title=title)
    words = naming(language, BOOK)
    said = figure_title(shown, words)
    assert said.startswith(figure_series(shown, words))
    assert "5,534 t" in said
    assert "2023-12" not in said
    assert ("exports" in said) is (language == "en")


def test_title_of_a_publisher_is_never_taken_for_a_figure():
    assert not figure_title(exhibit("i1", title="China limits exports, 2023-12: 20 t"), naming("ja", BOOK))
