"""The screen says what the whole reading says, with every engine, in four languages."""

import importlib.util
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warning.core.evidence import Item
from warning.core.rules import ContextRule
from warning.core.terms import Actor, Cue, Material, Terms
from warning.core.text.accelerator import HyperscanFinder, fastest_finder, probes, proven
from warning.core.text.conditions import compile_rule
from warning.core.text.engine import page_of
from warning.core.text.finders import AhoCorasickFinder, Found, patterns_of
from warning.core.text.folding import fold
from warning.core.text.lexicon import Lexicon
from warning.core.text.masks import texts_of
from warning.core.text.matcher import Matcher
from warning.core.text.phrases import parse_phrase
from warning.core.text.reading import Reading
from warning.core.text.screen import MOST_ONE_BY_ONE, Screen, Screened
from warning.core.text.unsaid import with_verbs

needs_accelerator = pytest.mark.skipif(
    importlib.util.find_spec("hyperscan") is None, reason="the extra 'accelerator' is not installed"
)
AT = datetime(2026, 1, 1, tzinfo=UTC)

# Few letters, so that terms overlap, nest and inflect by chance.
WORDS = {
    "en": ["ban", "bans", "curb", "tin", "ore", "tin ore", "US", "EU", "tighten*", "f-35", "rare earth", "é", "es", "s", "café"],
    "zh": ["中", "中国", "国", "出口", "发展中国家", "镓", "镓铟", "口"],
    "ja": ["輸出", "輸出規制", "レアアース", "アース", "規制$"],
    "ko": ["수출 통제", "통제", "수출", "희토류", "통제$"],
}  # fmt: skip
GLUE = [
    "",
    " ",
    "s",
    "es",
    "'s",
    "ing",
    "5",
    "_",
    ".",
    "é",
    "中",
    "가",
    "\n",
    "-",
    "ｂａｎ",
    "Ban",
    "x",
    "US",
    "ē",
    "’s",
]
languages = st.sampled_from(sorted(WORDS))
words = languages.flatmap(lambda language: st.sampled_from(WORDS[language]).map(lambda w: (language, w)))
texts = st.lists(
    st.one_of(words.map(lambda pair: pair[1].rstrip("*$")), st.sampled_from(GLUE)), max_size=14
).map("".join)


def names(pairs: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, word in pairs:
        found[language] = (*found.get(language, ()), word)
    return found


phrase_lists = st.lists(words, min_size=1, max_size=3).map(names)


def vocabulary(lists: list[dict[str, tuple[str, ...]]], shadows: list[dict[str, tuple[str, ...]]]) -> Terms:
    """The first three lists are materials, which shadow each other's names; the rest are cues."""
    named = {
        f"m{n}": Material.model_validate({"names": lists[n], "shadows": shadows[n], "label": {"en": "m"}})
        for n in range(3)
    }
    cues = {
        f"c{n}": Cue.model_validate({"phrases": lists[n], "shadows": shadows[n]})
        for n in range(3, len(lists))
    }
    return Terms(materials=named, cues=cues)


groups = st.one_of(
    st.integers(0, 2).map(lambda n: {"material": [f"m{n}"]}),
    st.integers(3, 5).map(lambda n: {"cue": [f"c{n}"]}),
    st.integers(3, 5).map(lambda n: {"cue": [f"c{n}"], "in": ["title"]}),
)
weights = st.sampled_from([{"weight": 2}, {"weights": {"title": 3, "body": 1}}, {"weights": {"body": 2}}])
weighted = st.tuples(st.integers(0, 5), weights).map(
    lambda pair: {**({"material": [f"m{pair[0]}"]} if pair[0] < 3 else {"cue": [f"c{pair[0]}"]}), **pair[1]}
)
some = st.lists(groups, max_size=2)
matches = st.fixed_dictionaries(
    {"all": some, "any": some, "none": some},
    optional={
        "at_least": st.fixed_dictionaries(
            {"n": st.integers(1, 2), "of": st.lists(groups, min_size=2, max_size=3)}
        ),
        "near": st.lists(
            st.fixed_dictionaries(
                {"of": st.lists(groups, min_size=2, max_size=2)},
                optional={"within": st.sampled_from(["sentence", 4, "3 words"])},
            ),
            min_size=1,
            max_size=1,
        ),
        "score": st.fixed_dictionaries(
            {"at_least": st.integers(1, 4), "of": st.lists(weighted, min_size=1, max_size=3)}
        ),
        "patterns": st.just([{"pattern": "b|国|規"}]),
        "beside_relief": st.booleans(),
    },
).filter(lambda match: match["all"] or match["any"] or match.keys() & {"near", "at_least", "score"})


def rule(number: int, match: dict[str, object]) -> ContextRule:
    examples = [{"fires": False, "title": "a"}, {"fires": False, "title": "b", "language": "ko"}]
    return ContextRule.model_validate(
        {
            "kind": "context", "id": f"r{number}", "title": "r", "owner": "o", "rationale": "r", "severity": "minor",
            "match": match, "examples": examples,
        }
    )  # fmt: skip


def item(number: int, title: str, body: str, language: str) -> Item:
    return Item(
        id=str(number), source_id="s", kind="news", country="US", language=language, title=title, body=body,
        known_at=AT,
    )  # fmt: skip


def accelerated(patterns):
    finder, remark = fastest_finder(patterns)
    assert not remark
    return finder, remark


MAKERS = [
    pytest.param(lambda patterns: (AhoCorasickFinder(patterns), ""), id="default"),
    pytest.param(accelerated, id="accelerator", marks=needs_accelerator),
]


@pytest.mark.parametrize("make_finder", MAKERS)
@given(
    lists=st.lists(phrase_lists, min_size=6, max_size=6),
    shadows=st.lists(st.one_of(st.just({}), phrase_lists), min_size=6, max_size=6),
    wanted=st.lists(matches, min_size=1, max_size=4),
    documents=st.lists(st.tuples(texts, texts, languages), min_size=1, max_size=9),
)
@settings(max_examples=80, deadline=None)
def test_screen_says_what_the_whole_reading_says(make_finder, lists, shadows, wanted, documents):
    lexicon = Lexicon(vocabulary(lists, shadows))
    rules = [compile_rule(rule(n, match), lexicon) for n, match in enumerate(wanted)]
    screen = Screen(rules, lexicon.entries, anchors=[r.anchors for r in rules], make_finder=make_finder)
    readings = [Reading(item(n, *document)) for n, document in enumerate(documents)]
    matcher = Matcher(lexicon.entries)
    for reading in readings:
        reading.hits = matcher.hits(reading.folded.text, reading.comparable, reading.languages)
    met = {
        (n, r)
        for n, reading in enumerate(readings)
        for r, one in enumerate(rules)
        if one.verdict(reading).met
    }
    pages = [page_of(reading) for reading in readings]
    screened = screen.of(pages[:MOST_ONE_BY_ONE])
    assert screen.of_one(pages[0]) == [one.rule for one in screened if (one.certain | one.possible) & 1]
    bits = (1 << min(len(pages), MOST_ONE_BY_ONE)) - 1
    many = screen.of(pages * (MOST_ONE_BY_ONE + 1))
    assert screened == [
        kept
        for one in many
        if (kept := Screened(one.rule, one.certain & bits, one.possible & bits)) != (one.rule, 0, 0)
    ]
    screened = many
    met |= {(n + len(pages) * turn, r) for n, r in met for turn in range(MOST_ONE_BY_ONE + 1)}
    certain = {(n, one.rule) for one in screened for n in texts_of(one.certain)}
    possible = {(n, one.rule) for one in screened for n in texts_of(one.possible)}
    assert certain <= met <= certain | possible


@pytest.mark.parametrize("make_finder", MAKERS)
@given(text=texts)
@settings(max_examples=150, deadline=None)
def test_finder_finds_a_pattern_where_its_phrase_counts_a_hit(make_finder, text):
    phrases = [parse_phrase(word, language) for language, listed in WORDS.items() for word in listed]
    phrases = [phrase for phrase in phrases if not phrase.exact and not phrase.ends_sentence]
    patterns = list(dict.fromkeys(p for phrase in phrases for p in patterns_of(phrase)))
    folded = fold(text).text
    expected = set()
    for phrase in phrases:
        for pattern in patterns_of(phrase):
            needle = pattern.needle.decode()
            starts = [n for n in range(len(folded)) if folded.startswith(needle, n)]
            if any(phrase.end_in(folded, "", n, n + len(needle)) is not None for n in starts):
                expected.add(patterns.index(pattern))
    finder = make_finder(patterns)[0]
    assert sorted(finder.present(folded.encode())) == sorted(expected)
    found = finder.scan([b"", folded.encode(), b"nothing", folded.encode()])
    pairs = zip(found.texts.tolist(), found.patterns.tolist(), strict=True)
    assert set(pairs) == {(text, number) for text in (1, 3) for number in expected}


class _Forgetful:
    """An engine that loses one pattern without a word, in one of its two ways to read."""

    name = "forgetful"

    def __init__(self, patterns, lost, way):
        self._whole, self._lost, self._way = AhoCorasickFinder(patterns), lost, way

    def present(self, text):
        return self._whole.present(text) - {self._lost if self._way == "alone" else None}

    def scan(self, texts):
        found = self._whole.scan(texts)
        kept = (found.patterns != self._lost) | (self._way == "alone")
        return Found(found.patterns[kept], found.texts[kept])


@pytest.mark.parametrize("way", ["alone", "among others"])
def test_an_engine_that_differs_is_not_used_and_the_remark_names_the_term(way):
    patterns = [p for word in ("gallium", "镓") for p in patterns_of(parse_phrase(word, "en"))]
    default = AhoCorasickFinder(patterns)
    finder, remark = proven(_Forgetful(patterns, 1, way), default, patterns)
    assert finder is default
    assert "'镓'" in remark
    assert "forgetful" in remark


def test_an_engine_that_agrees_is_used_without_a_remark():
    patterns = list(patterns_of(parse_phrase("gallium", "en")))
    faster = _Forgetful(patterns, 99, "alone")
    assert proven(faster, AhoCorasickFinder(patterns), patterns) == (faster, "")


@needs_accelerator
def test_accelerator_agrees_with_the_default_on_probes_of_every_pattern():
    phrases = [parse_phrase(word, language) for language, listed in WORDS.items() for word in listed]
    patterns = list(dict.fromkeys(p for phrase in phrases for p in patterns_of(phrase)))
    default = AhoCorasickFinder(patterns)
    faster = HyperscanFinder(patterns)
    for text in probes(patterns):
        assert sorted(faster.present(text)) == sorted(default.present(text))
        assert set(faster.scan([text]).patterns) == set(default.scan([text]).patterns)


@pytest.mark.parametrize(
    ("text", "names_of", "other", "shadows"),
    [
        ("a tin ore mine", {"en": ("tin",)}, {"en": ("tin ore",)}, {}),
        ("a tin ores' mine", {"en": ("ore",)}, {"en": ("tin ore",)}, {}),
        ("tinned ores", {"en": ("tinned",)}, {"en": ("tin*",)}, {}),
        ("发展中国家", {"zh": ("中国",)}, {"en": ("nothing",)}, {"zh": ("发展中国家",)}),
        ("it concerns us", {"en": ("US",)}, {"en": ("nothing",)}, {}),
        ("희토류 통제 우려", {"ko": ("통제$",)}, {"en": ("nothing",)}, {}),
    ],
)
@pytest.mark.parametrize("wanted", ["all", "none"])
def test_screen_is_not_certain_of_a_term_that_a_closer_look_takes_back(
    text, names_of, other, shadows, wanted
):
    materials = {
        "m0": Material.model_validate({"names": names_of, "shadows": shadows, "label": {"en": "m"}}),
        "m1": Material.model_validate({"names": other, "label": {"en": "m"}}),
    }
    lexicon = Lexicon(Terms(materials=materials, cues={"c": Cue(phrases={"en": ("seen",)})}))
    match = {"all": [{"material": ["m0"]}]}
    if wanted == "none":
        match = {"all": [{"cue": ["c"]}], "none": [{"material": ["m0"]}]}
    compiled = compile_rule(rule(0, match), lexicon)
    screen = Screen([compiled], lexicon.entries, anchors=[compiled.anchors])
    (screened,) = screen.of([page_of(Reading(item(0, text + " seen", "", "en")))])
    assert (screened.certain, screened.possible) == (0, 1)


def test_headline_that_leaves_its_state_unsaid_is_chosen_by_the_verb_and_barred_for_certain_by_none():
    terms = Terms(actors={"CN": Actor(names={"zh": ("中国",)}, label={"en": "China"})})
    title = Item(
        id="i", source_id="s", kind="news", country="CN", language="zh", title="即日起禁止向日本出口镓",
        external_id="1", published_at=None, known_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    lexicon = Lexicon(terms)
    for match in (
        {"all": [{"actor": ["CN"]}]},
        {"all": [{"phrases": {"zh": ["出口"]}}], "none": [{"actor": ["CN"]}]},
    ):
        compiled = compile_rule(rule(0, match), lexicon)
        screen = Screen([compiled], with_verbs(lexicon.entries), anchors=[compiled.anchors])
        (screened,) = screen.of([page_of(Reading(title))])
        assert (screened.certain, screened.possible) == (0, 1)
