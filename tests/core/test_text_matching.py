import pytest

from warning.core.rules import Group
from warning.core.terms import Act, Actor, Material, Terms
from warning.core.text.folding import fold
from warning.core.text.language import languages_of
from warning.core.text.lexicon import Lexicon
from warning.core.text.matcher import Matcher
from warning.core.text.phrases import parse_phrase
from warning.core.text.sentences import sentence_at, sentence_ends, span_of

EVERY = frozenset({"en", "zh", "ja", "ko"})


def found(text: str, phrases: dict[str, list[str]], shadows: dict[str, list[str]] | None = None) -> list[str]:
    terms = Terms.model_validate(
        {"materials": {"m": {"label": {"en": "m"}, "names": phrases, "shadows": shadows or {}}}}
    )
    folded = fold(text)
    raw = text if folded.origins is None else ""
    hits = Matcher(Lexicon(terms).entries).hits(folded.text, raw, EVERY)
    return [text[h.start : h.end] for h in hits.get("material:m", [])]


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("Export control tightened", "Export control"),
        ("export-controls widened", "export-controls"),
        ("EXPORT CONTROL’S end", "EXPORT CONTROL’S"),
    ],
)
def test_english_phrase_matches_inflections_at_word_boundaries(text, hit):
    assert found(text, {"en": ["export control"]}) == [hit]


def test_english_phrase_does_not_match_inside_a_word():
    assert found("the tinned airport", {"en": ["tin", "port"]}) == []


def test_english_phrase_matches_between_chinese_characters():
    assert found("中国gallium出口", {"en": ["gallium"]}) == ["gallium"]


def test_star_lets_the_last_word_go_on():
    assert found("tightening", {"en": ["tighten*"]}) == ["tightening"]
    assert found("tightening", {"en": ["tighten"]}) == []


def test_capitals_match_capitals_only():
    assert found("US bans it", {"en": ["US"]}) == ["US"]
    assert found("it concerns us", {"en": ["US"]}) == []
    assert found("uses", {"en": ["US"]}) == []


def test_korean_phrase_matches_with_and_without_its_space():
    assert found("수출통제 강화", {"ko": ["수출 통제"]}) == ["수출통제"]
    assert found("수출 통제 강화", {"ko": ["수출 통제"]}) == ["수출 통제"]


def test_shadow_hides_the_hit_inside_it_and_no_other():
    names, shadows = {"zh": ["中国"]}, {"zh": ["发展中国家"]}
    assert found("发展中国家", names, shadows) == []
    assert found("发展中国家与中国", names, shadows) == ["中国"]


def test_gallium_68_is_no_gallium():
    assert found("Gallium-68 scan", {"en": ["gallium"]}, {"en": ["gallium 68"]}) == []


def test_phrase_without_content_is_refused():
    with pytest.raises(ValueError, match="nothing to search"):
        parse_phrase(" * ", "en")


def test_group_of_a_material_takes_its_children():
    terms = Terms(
        materials={
            "rare_earths": Material(names={"en": ("rare earth",)}, label={"en": "RE"}),
            "dysprosium": Material(names={"en": ("dysprosium",)}, label={"en": "Dy"}, parent="rare_earths"),
        },
        acts={"ban": Act(label={"en": "ban"}, direction="tightening", phrases={"en": ("ban",)})},
        actors={"CN": Actor(label={"en": "China"}, names={"en": ("China",)}, issuers={"en": ("MOFCOM",)})},
    )
    lexicon = Lexicon(terms)
    assert lexicon.concepts_of(Group(material=("rare_earths",))) == {
        "material:rare_earths",
        "material:dysprosium",
    }
    assert lexicon.concepts_of(Group(actor=("any",))) == {"actor:CN", "issuer:CN"}
    assert lexicon.concepts_of(Group(issuer=("CN",))) == {"issuer:CN"}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One here. Two there.", 2),
        ("The U.S. Commerce Department said No. 18 applies.", 1),
        ("决定如下。自即日起实施！", 2),
        ("発表した。施行する。", 2),
        ("밝혔다. 이번 조치는 시행된다.", 2),
        ("title\nbody", 2),
        ("price 1.5 up", 1),
    ],
)
def test_sentences_end_where_readers_end_them(text, sentences):
    ends = sentence_ends(text)
    assert len(ends) == sentences
    assert ends[-1] == len(text)
    assert span_of(ends, sentence_at(ends, 0))[0] == 0


def test_languages_come_from_the_script_as_well():
    assert languages_of("en", "商务部公告 announcement") == {"en", "zh"}
    assert languages_of("ja", "輸出規制") == {"en", "ja"}
    assert languages_of("ko", "中, 희토류 통제") == {"en", "ko"}
    assert languages_of("", "レアアース") == {"en", "ja"}
