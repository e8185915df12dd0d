"""Codes to words: materials, acts, states and levels as a desk's language says them."""

from collections.abc import Mapping
from dataclasses import dataclass

from warning.channels.plain import plain
from warning.channels.words import LANGUAGES, Words, words_for
from warning.core.rulebook import Rulebook
from warning.core.terms import Language
from warning.core.vocabulary import Severity

SHOWN_NAMES = 4

# States that the shipped vocabulary may not name; an operator's label in rules/terms wins.
_STATES = {
    "US": ("United States", "米国", "미국"),
    "JP": ("Japan", "日本", "일본"),
    "KR": ("South Korea", "韓国", "한국"),
    "CN": ("China", "中国", "중국"),
    "EU": ("European Union", "EU", "유럽연합"),
    "GB": ("United Kingdom", "英国", "영국"),
    "TW": ("Taiwan", "台湾", "대만"),
    "NL": ("Netherlands", "オランダ", "네덜란드"),
    "AU": ("Australia", "オーストラリア", "호주"),
    "CA": ("Canada", "カナダ", "캐나다"),
    "IN": ("India", "インド", "인도"),
    "ID": ("Indonesia", "インドネシア", "인도네시아"),
    "RU": ("Russia", "ロシア", "러시아"),
    "CD": ("DR Congo", "コンゴ民主共和国", "콩고민주공화국"),
    "MM": ("Myanmar", "ミャンマー", "미얀마"),
    "VN": ("Vietnam", "ベトナム", "베트남"),
    "WLD": ("the world", "世界", "전 세계"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The words of one language together with the operator's own vocabulary."""

    words: Words
    book: Rulebook

    @property
    def language(self) -> str:
        return self.words.language

    def say(self, key: str, /, **values: object) -> str:
        return self.words.say(key, **values)

    def material(self, term: str) -> str:
        known = self.book.terms.materials.get(term)
        return self._label(known.label if known else {}, term.replace("_", " "))

    def act(self, term: str) -> str:
        known = self.book.terms.acts.get(term)
        return self._label(known.label if known else {}, term.replace("_", " "))

    def state(self, code: str) -> str:
        actor, exposure = self.book.terms.actors.get(code), self.book.exposure.get(code)
        names = dict(zip(LANGUAGES, _STATES.get(code, ()), strict=False))
        for known in (exposure, actor):
            names |= {str(language): name for language, name in known.label.items()} if known else {}
        return self._label(names, code)

    def materials(self, terms: tuple[str, ...], shown: int = SHOWN_NAMES) -> str:
        return self.listed([self.material(term) for term in terms], shown)

    def states(self, codes: tuple[str, ...], shown: int = SHOWN_NAMES) -> str:
        return self.listed([self.state(code) for code in codes], shown)

    def level(self, severity: Severity) -> str:
        return self.say(f"level.{severity.value}")

    def listed(self, names: list[str], shown: int) -> str:
        """Return "a, b and c", or the first ones and how many more there are."""
        if len(names) <= shown:
            return self.words.join(names)
        return self.words.join([*names[:shown], self.say("value.more", count=len(names) - shown)])

    def _label(self, label: Mapping[Language, str] | Mapping[str, str], code: str) -> str:
        names = {str(language): name for language, name in label.items()}
        return plain(names.get(self.language) or names.get("en") or code, 60)


def naming(language: str, book: Rulebook) -> Naming:
    return Naming(words=words_for(language), book=book)
