"""People whom the police of another state hold: "FBI arrests Chinese engineer of Micron over chip secrets", 韓国警察、中国企業の社員を逮捕.

The other state's police must open the headline as those who act, and China stand in it only as the home of the people or of their firm:
"FBI arrests lead China to detain US executive" and 中国、米企業の社員を拘束　米司法省が抗議 are China's acts. So is what a later
clause tells of a second arrest: "FBI arrests Chinese spy, Shanghai police detain American executive".
"""

import re

from warning.core.text.clauses import clause_bounds
from warning.core.text.matcher import Hit
from warning.core.text.reading import Reading
from warning.core.text_rules import TextRule

_EN_SEIZES = r"\s(?:arrest|detain|charge|indict|hold|seize|question|jail)s?\s"
# After the name of the state that opens the headline.
_ITS_POLICE = re.compile(
    r"\s(?:(?:federal\s)?(?:police|prosecutors?|agents)\s)?(?:arrest|detain|charge|indict|jail)s?\s"
    r"|(?:警方|警察|检方|檢方|联邦调查局)(?=逮捕|拘捕|拘留|带走|起诉|批捕)"
    r"|(?:の)?(?:警察|検察|警視庁)(?:当局)?[、がは]|\s?(?:경찰|검찰)(?:[,이가은는]|\s)"
)
# Police whose name says whose they are.
_NAMED_POLICE = re.compile(
    rf"\W{{0,8}}(?:(?:FBI|RCMP){_EN_SEIZES}|联邦调查局(?=逮捕|拘捕|起诉)|(?:警視庁|連邦捜査局|\w{{1,3}}[府県道]警)[、がは]|(?:경찰청?|검찰|\w{{1,6}}지검)(?:[,이가은는]|\s))"
)
_PEOPLE = re.compile(
    r"(?<=Chinese)\s(?!police|authorit|court|customs|state|prosecutor|government|security|officials?\s|detain|arrest|hold|bar)|(?:籍|公民|企业|男|女|工程师|员工|研究员|商人|学者)|(?:人|国籍|企業|系)|(?:인|\s?기업|\s?국적|계)(?![가-힣]*당국)"
)

# To whom or for whom the people acted: behind a police that opens the headline it is nobody who acts.
_TOWARDS = re.compile(r"(?:\b(?:to|for|at)\s|[向对])$", re.IGNORECASE)
_TOWARDS_AFTER = re.compile(
    r"に(?!よ|拘束|拘留|逮捕|いる|滞在)|(?:에|\s?업체에)(?=\s)(?!\s(?:구금|구속|억류|체포|있는|체류))"
)


def is_other_police(rule: TextRule, reading: Reading, event: tuple[Hit, ...]) -> bool:
    """Whether a headline lays an arrest to another state's police, of a rule on China's pressure."""
    if rule.act != "countermeasure" or rule.actors != ("CN",) or reading.item.kind != "news":
        return False
    if not any(hit.entry.concept == "cue:seized" for hit in event):
        return False
    title = reading.title
    seized = sorted(
        start for hit in reading.hits["cue:seized"] if (start := reading.span(hit)[0]) < len(title)
    )
    if seized and seized[-1] >= clause_bounds(title, seized[0])[1]:
        return False
    opens = _NAMED_POLICE.match(title) is not None
    for concept, hits in reading.hits.items():
        kind, _, state = concept.partition(":")
        for hit in hits if kind in ("actor", "issuer") else ():
            start, end = reading.span(hit)
            if end > len(title):
                continue
            if state == "CN" and (
                kind == "issuer"
                or not (
                    _PEOPLE.match(title, end)
                    or _TOWARDS_AFTER.match(title, end)
                    or _TOWARDS.search(title[max(0, start - 8) : start])
                )
            ):
                return False
            opens = opens or (
                state != "CN" and not title[:start].strip() and _ITS_POLICE.match(title, end) is not None
            )
    return opens
