"""Whether an answer without rows says why: a refusal in words is no publisher without figures."""

import re
from collections.abc import Mapping
from typing import Any

_OF_FAULTS = ("error", "errors", "errMsg", "errorMessage", "error_message", "ERROR_MSG")
_OF_ANYTHING = ("message", "msg", "resultMsg")
_OF_OUTCOMES = ("code", "status", "statusCode", "resultCode", "errorCode", "errCode", "success", "result")
_SUCCESS = re.compile(
    r"(?:info-?)?0{1,4}|20[0-8]|2000*|ok(?:ay)?|success(?:ful(?:ly)?)?|succeeded|normal(?:[ _]service)?|true|none|null|nil"
    r"|no[ _]errors?|정상(?:\s?처리)?(?:\s?(?:입니다|되었습니다|되었음))?|성공|正常|成功|操作成功|请求成功|查询成功|正常終了",
    re.IGNORECASE,
)
_NO_FIGURES = re.compile(r"(?:info-?200|no[ _]?(?:data|records?|results?|rows)\b.{0,40}|.{0,40}데이터가\s?없습니다)", re.IGNORECASE)  # fmt: skip
_FAULT = re.compile(r"error|fail|denied|invalid|expired|unauthori[sz]ed|forbidden|exceed|오류|실패|错误|失败|エラー", re.IGNORECASE)  # fmt: skip


def refusal_in(answer: Any) -> str:
    """Return `key: words` of what an answer says against itself, empty where it says nothing or that all is well.

    Words under a neutral key (`message`) count unless they, or a code beside them, tell of success or of no figures.
    """
    if not isinstance(answer, Mapping):
        return ""
    outcomes = {key: _words(answer.get(key)) for key in _OF_OUTCOMES}
    faults = [(key, _words(answer.get(key))) for key in _OF_FAULTS]
    remarks = [(key, _words(answer.get(key))) for key in _OF_ANYTHING]
    if any(_is_well(said) for said in outcomes.values() if said):
        remarks = [(key, said) for key, said in remarks if _FAULT.search(said)]
    found = [(key, said) for key, said in (*faults, *remarks) if said and not _is_well(said)]
    found += [(key, said) for key, said in outcomes.items() if _FAULT.search(said)]
    found += [(key, "true") for key in _OF_FAULTS if answer.get(key) is True]
    found += [("success", "false")] * (answer.get("success") is False)
    return f"{found[0][0]}: {found[0][1][:200]}" if found else ""


def _is_well(said: str) -> bool:
    plain = said.strip(" .!。")
    return bool(_SUCCESS.fullmatch(plain) or _NO_FIGURES.fullmatch(plain))


def _words(said: Any) -> str:
    """What stands under a key as words; of an object or a list its own words. False says nothing."""
    if isinstance(said, Mapping):
        inner = [words for value in said.values() if (words := _words(value)) and not _is_well(words)]
        return "; ".join(inner)
    if isinstance(said, list):
        return "; ".join(filter(None, map(_words, said[:5])))
    if said is None or said is False:
        return ""
    return str(said).strip()
