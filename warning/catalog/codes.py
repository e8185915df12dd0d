"""Every code that `rules check` may tell, in one table: the guide prints it, and so does `rules check --codes`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["mistake", "finding", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means, and what mends it.

    A mistake keeps the rulebook from loading; a finding does not, and `rules check` ends with 1 all the same;
    a warning does so with --strict only.
    """

    means: str
    mend: str
    level: Level = "mistake"


CODES: Mapping[str, Code] = {
    "EW101": Code("unknown key", "take the suggested one; keys of a rule depend on its kind"),
    "EW102": Code("a value of the wrong type", "the hint shows the form"),
    "EW103": Code("a key is missing", "write it"),
    "EW104": Code("a value or key that is not among the allowed ones", "take the suggested one"),
    "EW105": Code("a number out of range", "the hint says the bound"),
    "EW106": Code("a list or text too short or too long", "add or remove entries"),
    "EW107": Code("keys that contradict each other, or none of several", "the message says the condition"),
    "EW120": Code("the file cannot be read", "rights, or a broken link"),
    "EW121": Code("not UTF-8", "save the file as UTF-8"),
    "EW122": Code("not YAML", "the hint names the usual cause"),
    "EW123": Code(
        "a tab, a no-break or a full-width space in the indentation", "indent with ordinary spaces"
    ),
    "EW124": Code("a key written twice", "join the two, or rename one"),
    "EW125": Code("a second document in the file", "one document a file"),
    "EW126": Code("the file is empty", "write it, or delete it"),
    "EW127": Code("too large, too deep, or too many values", "split the file"),
    "EW128": Code("a control character, or one that turns the direction of text", "delete it"),
    "EW129": Code("an alias of nothing, of itself, or a merge key", "write the value out"),
    "EW130": Code("an empty value, `null` or `~`", "leave the key out, or quote the text"),
    "EW131": Code("a tag such as `!!python`", "delete it"),
    "EW140": Code("a file that would be passed over for its name", "name it `.yaml`"),
    "EW141": Code("a directory or the policy is missing", "make it, or correct the setting"),
    "EW142": Code("a folder or file that nothing reads", "move it where the hint says"),
    "EW143": Code("a file whose name is not UTF-8", "rename it"),
    "EW144": Code("a comment that formatting would move or lose", "put it on a line of its own"),
    "EW150": Code(
        "a suppression that says too little, or of a mistake",
        "the hint shows the form; mistakes are mended, not suppressed",
        "finding",
    ),
    "EW151": Code("a suppression that has ended", "mend what it hides, or set a later date", "finding"),
    "EW152": Code("a suppression that hides nothing", "delete it", "warning"),
    "EW160": Code("the directory of feeds is missing", "correct the setting"),
    "EW161": Code("a file in feeds that is no source", "move it away"),
    "EW162": Code("a source's id and file name differ", "rename one"),
    "EW163": Code("a source's kind and folder differ", "move it, or correct `kind`"),
    "EW164": Code("two sources of one id", "rename one"),
    "EW165": Code(
        "`each` of a source has a mistake, or a change is of a source that does not exist",
        "axes of values, and places such as {material}; `warning feeds list` shows the sources",
    ),
    "EW166": Code(
        "an overlay of a source would leave no valid source", "the message says which value does not hold"
    ),
    "EW167": Code(
        "a source names a material that terms do not know: searches, bursts and coverage pass it over",
        "take the suggested one, or add the material",
        "finding",
    ),
    "EW168": Code(
        "a drop folder may speak for a source that no file defines",
        "take the suggested one, or add the source",
        "finding",
    ),
    "EW201": Code("a material that terms do not know", "correct it, or add the material"),
    "EW202": Code("an act that terms do not know", "correct it, or add the act"),
    "EW203": Code("an actor that terms do not know", "correct it, or add the actor"),
    "EW204": Code("`issuer` names an actor without `issuers`", "use `actor`, or add its ministries"),
    "EW205": Code(
        "a source that feeds do not know: the rule is blind to it", "correct it, or add the source", "warning"
    ),
    "EW206": Code("an id or entry that stands in another file already", "rename or join"),
    "EW207": Code("file name and id differ", "rename one"),
    "EW208": Code("materials whose parents lead in a circle", "parents form a tree"),
    "EW209": Code("a cue that terms do not know", "correct it, or add the cue"),
    "EW210": Code("two desks at one address", "it would be told everything twice", "warning"),
    "EW211": Code("a rule that can never fire", "the message says which conditions exclude each other"),
    "EW212": Code("two rules that look for the same", "keep one, or say what differs", "warning"),
    "EW213": Code("`direction` and `require_direction` differ", "keep one"),
    "EW214": Code("no source of the catalogue passes `where`", "widen `where`, or add the source", "warning"),
    "EW215": Code(
        "every source that the rule reads is switched off", "switch one on, or disable the rule", "warning"
    ),
    "EW216": Code("examples of one verdict only", "add a near miss, or a hit", "warning"),
    "EW217": Code("an example expects a fact that does not exist", "take the suggested one"),
    "EW218": Code("a country or language that is no code", "JP, ja: the hint says the form"),
    "EW219": Code(
        "a rule that adds nothing to another one",
        "delete it, or say what differs: severity, act, actors",
        "warning",
    ),
    "EW220": Code(
        "a group without a single word, which never occurs",
        "add words to its entries of rules/terms, or delete the group",
        "warning",
    ),
    "EW221": Code(
        "a part of a rule that can never hold", "the message says why; delete it or correct it", "warning"
    ),
    "EW222": Code(
        "a deadline rule for which the register holds no date, past or ahead",
        "widen it, or add the act to the register",
        "warning",
    ),
    "EW223": Code("a step, an absence or a test names a rule that does not exist", "take the suggested one"),
    "EW224": Code("a step that no rule fits", "correct its tags and acts, or name the rules", "warning"),
    "EW225": Code("a step of a chain shown by what cannot show it", "the hint says which steps it shows"),
    "EW226": Code(
        "a text rule whose examples fire in one language only (told by --strict alone)",
        "add a firing example of another language's press, or say in one_language why there is none",
        "warning",
    ),
    "EW227": Code(
        "no source of the catalogue brings the figures (of these goods, HS codes, states and frequencies), the list or the"
        " arrivals that a rule is about",
        "widen the rule, correct its source, or add the source; figures that are imported by hand: suppress it",
        "warning",
    ),
    "EW228": Code(
        "`hs_codes` and `materials` of a rule are of different goods",
        "keep one of the two, or add the code to the material in rules/terms",
        "warning",
    ),
    "EW229": Code(
        "an act of the register that takes effect before it was announced",
        "correct one of the two days, or say in `note` that it applies to days before it",
        "warning",
    ),
    "EW230": Code(
        "a test expects a desk that no file defines to be told", "take the suggested one", "warning"
    ),
    "EW301": Code("an overlay of a rule that does not exist", "correct the id; it may have been renamed"),
    "EW302": Code("an overlay that has ended", "delete it, or set a new date", "warning"),
    "EW303": Code("an overlay sets what the rule cannot have", "the message says why"),
    "EW304": Code("an overlay excludes what the rule does not read", "the hint says what works"),
    "EW305": Code("an overlay that changes nothing", "delete it: the shipped rule says the same", "warning"),
    "EW306": Code(
        "an overlay of an older version of the rule",
        "read the shipped rule again, then take over the version in the hint",
        "warning",
    ),
}
