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
    r"(?:['’]s)?\s(?:(?!(?:says?|said|firms?|compan\w+|executives?|staff|engineers?|employees?|nationals?|workers?|as|after)\s)[\w-]+\s){0,3}?(?:(?:arrest|detain|charge|indict|jail)s?|(?<=police\s)(?:hold|seize|question)s?|(?<=prosecutors\s)(?:hold|seize|question)|(?<=customs\s)(?:hold|seize|question)s?)\s"
    r"|(?:警方|警察|检方|檢方|联邦调查局)(?=逮捕|拘捕|拘留|带走|起诉|批捕)"
    r"|(?:の)?(?:警察|検察|警視庁)(?:当局)?[、がは]|\s?(?:경찰|검찰)(?:[,이가은는]|\s)"
)
# Police whose name says whose they are.
_NAMED_POLICE = re.compile(
    rf"\W{{0,8}}(?:(?:(?:FBI|RCMP|Interpol)|(?:India['’]s\s)?(?:ED|CBI|Enforcement\sDirectorate)){_EN_SEIZES}|(?:FBI)?联邦调查局(?=逮捕|拘捕|起诉)|(?:警視庁|連邦捜査局|FBI|\w{{1,3}}[府県道]警)[、がは]|FBI[,가는]|(?:경찰청?|검찰|관세청|국정원|공수처|\w{{0,8}}(?:지검|고검|경찰청|경찰서|국제범죄수사대|광수단))(?:[,이가은는]|\s))"
)
_PEOPLE = re.compile(
    r"(?<=Chinese)\s(?!police|authorit|court|customs|state|prosecutor|government|security|officials?\s|detain|arrest|hold|bar)|(?:籍|公民|企业|男|女|工程师|员工|研究员|商人|学者)|(?:人|国籍|企業|系)|(?:인|\s?기업|\s?국적|계)(?![가-힣]*당국)"
)

# To whom or for whom the people acted: behind a police that opens the headline it is nobody who acts.
_TOWARDS = re.compile(r"(?:\b(?:to|for|at)\s|[向对])$", re.IGNORECASE)
_TOWARDS_AFTER = re.compile(
    r"に(?!よ|拘束|拘留|逮捕|いる|滞在)|へ(?!の)|\s?(?:\S{1,4}\s)?(?:업체|기업|회사|측)?(?:으로|로)(?=[\s,]|유출|이직|빼)|\s(?:기술\s)?(?:유출|이직)|(?:에|\s?업체에)(?=\s)(?!\s(?:구금|구속|억류|체포|있는|체류))"
)


def opens_with_police(title: str) -> bool:
    """Whether police whose name says whose they are open a headline."""
    return _NAMED_POLICE.match(title) is not None


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
    opens = opens_with_police(title)
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
