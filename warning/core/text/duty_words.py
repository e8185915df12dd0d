"""Patterns of what a headline does to a duty: brings it back, lowers it, leaves relief as it is; by language.

They are spelled as `headline_of` spells titles. The words of relief are the same both ways; what they stand upon decides.
"""

from warning.core.text.headline import spelled

_DUTY_EN = r"(?:tariffs?|dut(?:y|ies)|lev(?:y|ies))"
_RELIEF_EN = r"(?:pauses?|suspensions?|relief|reprieve|cuts?|reductions?|rollbacks?|truce|ceasefire|cap|deal|concessions?|freeze|moratorium|exemptions?|exclusions?|waivers?)"
_ENDS_EN = (
    r"(?<!not\s)(?<!n't\s)(?<!never\s)\b(?:(?<!not\s)(?<!n't\s)(?:to|will)\s(?:end|scrap|cancel|revoke|rescind|withdraw|drop|suspend|remove|lift|terminate|halt|reverse|abandon)"
    r"|ends|ended|ending|scraps|scrapped|cancels|cancell?ed|revokes|revoked|rescinds|rescinded|withdraws|withdrew|drops|dropped|suspends|suspended|removes|removed"
    r"|lifts|lifted|terminates|terminated|halts|halted|stops|stopped|pauses|paused|reverses|reversed|abandons|abandoned|axes|axed|voids|tears\sup|tore\sup|cuts?\sshort)"
)
# A word that is neither the object's head nor begins another clause or adjunct.
_WORD_EN = r"(?:\s(?!(?:with|without|in|by|at|on|for|from|after|as|amid|and|but|while|to|under|over|before|of|when|if)\b)[\w’'.&/%-]+)"
# A word of the same clause that opens no purpose: "lifts tariffs to cut costs by 10%".
_NEAR_EN = r"(?:\s(?!(?:to|in|by|so|as|amid|after|before|while|when|if|and|but)\b)[^\s,;:]+)"
_LIFT_EN = r"\blift(?:s|ed|ing)?\b"
_UP_TO_EN = r"(?:a|an|about|nearly|almost|another|record|combined|at\sleast|up\sto|as\s(?:much|high)\sas|(?:more|higher)\sthan|above|over)"
_RATE_EN = r"(?:[1-9][\d.]*\s?(?:%|per\s?cent|percentage\spoints?|points?|pp\b)|(?:double|triple)[ -]digits?)"
BACK = {
    "en": spelled(
        rf"{_ENDS_EN}{_WORD_EN}{{0,3}}?\s{_DUTY_EN}\s{_RELIEF_EN}\b(?!\s(?:talks|process|requests?|bids?|rules?)\b)"
        rf"|{_ENDS_EN}{_WORD_EN}{{0,3}}?\s{_RELIEF_EN}\s(?:of|on|in|to|for|from|over)(?:\s[\w’'.&/%-]+){{0,4}}?\s{_DUTY_EN}\b(?!\s{_RELIEF_EN}\b)"
        rf"|{_ENDS_EN}\s(?:cutting|lowering|reducing|suspending|pausing|waiving)(?:\sof)?{_WORD_EN}{{0,3}}?\s{_DUTY_EN}\b"
        rf"|\b(?:lets|allows|allowed|to\slet|to\sallow|will\slet|will\sallow){_WORD_EN}{{0,3}}?\s{_DUTY_EN}\s{_RELIEF_EN}\b[^,;:]{{0,40}}?\s(?:expire|lapse|run\sout)\b"
        # Duties that come back by a verb of their own.
        rf"|\b(?:restores|restored|reinstates|reinstated|revives|revived|re-?imposes|re-?imposed|(?:to|will)\s(?:re-?impose|restore|reinstate|revive|bring\sback)|brings\sback|brought\sback){_WORD_EN}{{0,3}}?\s{_DUTY_EN}\b(?![ -](?:free|{_RELIEF_EN}|quotas?|talks)\b)"
        # Relief that has run out.
        rf"|\b{_DUTY_EN}\s(?:exclusions?|exemptions?|waivers?|pause|truce|reprieve)(?:\s(?:of|on|in|to|for|from|over)(?:\s(?!(?:to|may|might|could|would|will|not|due|set|about|before|if|until|unless|never)\b)[\w’'.&/%-]+){{1,4}}?)?\s(?:expires?|expired|lapses?|lapsed|runs?\sout|ran\sout)\b"
        # A duty that is lifted to a rate, by so much, or whose rate is lifted.
        rf"|{_LIFT_EN}{_NEAR_EN}{{0,6}}?\s(?:{_DUTY_EN}|tax(?:es)?|rates?)\b{_NEAR_EN}{{0,7}}?\s(?:(?:to|by)\s(?:{_UP_TO_EN}\s){{0,3}}|(?:above|over|past|beyond)\s){_RATE_EN}"
        rf"|{_LIFT_EN}[^,;:%\d]{{0,40}}?\b(?:tariff|duty|levy)\s(?:rates?|levels?)\b(?!\s(?:quota|cut|cap|freeze))"
    ),
    "zh": spelled(
        r"(?:取消|撤销|撤回|结束|终止|停止|暂停|废止|收回|解除|推翻|叫停)[^，,；;。、：:\s并和及]{0,12}?\s?关税(?:的|加征|税率|部分)*"
        r"(?:暂停(?![\d加实对征])|豁免|排除(?=$|[^\w]|的|措施|清单|期)|减让|下调|(?:降低|减免|削减)(?=$|[^\w]|的|措施|政策|期|安排|待遇|令|决定|计划|承诺|要求|传闻)|休战|停战|休兵|缓征|宽限|减半|暂缓)"
        r"|(?:取消|撤销|撤回|结束|终止|停止|暂停|叫停)(?:降低|下调|减免|减让|削减|减征|调降)[^，,；;。、：:\s]{0,12}?关税"
        r"|(?:取消|撤销|撤回|结束|终止|停止|不再)(?:暂停|暂缓|缓征)[^，,；;。、：:\s]{0,14}?关税"
        r"|恢复(?:征收|加征|实施|执行)?[^，,；;。、：:\s]{0,12}?关税(?!豁免|排除|优惠|减|暂停|配额|谈判|磋商|水平|特惠|待遇|同盟)"
    ),
    "ja": spelled(
        r"関税(?:率|の|を|へ|一部|一時|適用|上乗せ|分|\s)*(?:停止|猶予|引き下げ|引下げ|減免|軽減|休戦|半減|凍結|緩和|撤廃|除外|優遇)(?:措置|期間|合意|方針|決定|の|を|は|も)*"
        r"(?:撤回|取り消|取消|取りやめ|解除|打ち切|終了|中止|破棄|廃止|停止|終え|白紙|中断|失効|撤廃)(?!後)"
        r"|関税(?:を|が|の|措置|を全面)*(?:復活|再導入|再発動|再び(?:課|発動))(?!後)"
    ),
    "ko": spelled(
        r"관세(?:율|의|를|에 대한|추가|한시|일부|\s|\d+일|\d+년)*(?:인하|유예|감면|중단|면제|휴전|완화|동결|감축|경감)(?:조치|기간|합의|방침|결정|를|을|의|\s|전격|전면|조기|결국|공식|\d+월|\d+일|안\s|못\s)*"
        r"(?:철회|해제|폐지|종료|취소|중단|파기|번복|백지화|만료|끝내|끝낸|끝냈|깨(?=$|\W|고|뜨))(?!\s?후)"
        r"|관세(?:를|가|의|\s)*(?:부활|재부과|재발동)(?!\s?후)"
    ),
}
# What stands before an end, or behind it, that is not done; then what is put off, and relief that is not extended.
UNDONE = {
    "en": spelled(
        r"(?:(?:\b(?:not|never|without|declin\w+|refus\w+|against|reject\w*|rul\w+\sout|den(?:y|ies|ied)|oppos\w+|avoid\w*|calls?\s(?:on|to|for)|demands?|urg\w+|wants?|asks?)|n't)"
        r"(?:\s(?!(?:and|but|as|then|while|after)\b)[^\s,;:]+){0,3}"
        r"|\b(?:before|ahead\sof)(?:\s[^\s,;:]+)?|\b(?:close\sto|near|nears|near\sto|verge\sof|short\sof|yet))\s?$"
    ),
    "zh": spelled(
        r"(?:不会|不想|不打算|不考虑|不得|不应|不能|绝不|暂不|并不|未|未有|没有|没|不|拒绝|拒|无意|否认|反对|避免|防止|驳回|要求|呼吁|敦促)(?:立即|马上|就|再|中途|单方面)?$"
    ),
    "ja": spelled(
        r"(?:方針|計画|案|期限|の|を|は|に|も|へ)*(?:せず|しない|しな|なし|ない|見送|拒|否定|否認|断念|見合わせ|要求|要請|求め|認めず|反対|慎重|前(?!倒)|直前|目前|間近)"
    ),
    "ko": spelled(
        r"\s?(?:하지|할|론|설|안|방침|계획|요구|요청|촉구|주장|보도|[를을에의은는도])*\s?(?:않|안\s|없|못|거부|거절|부인|부정|반대|일축|전(?![격면])|앞|하루|직전|시한|임박|요구|요청|촉구)"
    ),
}
NO_KO = spelled(r"(?:안|못)\s\w{2,4}$")
PUT_OFF = {
    "en": spelled(
        r"\b(?:delay|postpon|defer|put|push|hold|held)\w*(?:\s(?:back|off))?(?:\s(?:on|plans?\sto|move\sto))?\s?$"
    ),
    "zh": spelled(r"(?:推迟|延后|延迟|暂缓|推后|缓期)$"),
    "ja": spelled(r"(?:の|を|は)*(?:(?:せず|しないで)、?(?:再)?延長|延期|先送|遅らせ)"),
    "ko": spelled(r"\s?(?:시점|시한|기한|[를을])*\s?(?:연기|미뤄|미룬|미루|늦춰|늦추)"),
}
NOT_EXTENDED = {
    "en": spelled(
        rf"(?:\b(?:not|never)|n't|\b(?:declin\w+|refus\w+)\sto|\brul\w+\sout|\bagainst)\sextend(?:ing)?\b[^,;:]{{0,40}}?\s(?:{_DUTY_EN}|truce)\b"
    ),
    "zh": spelled(
        r"(?:不再|不会|不|未|没有|拒绝|无意)(?:延长|展期|续延)[^，,；;。]{0,14}?关税|关税[^，,；;。]{0,10}?(?:不再|不会|不予|拒绝|未获)(?:延长|展期|续延)"
    ),
    "ja": spelled(r"関税[^、。；]{0,14}?延長(?:を|は|も)?(?:せず|しない|見送|拒|認めず|なし|断念)"),
    "ko": spelled(r"관세[^,·…]{0,14}?연장(?:을|은|도)?\s?(?:하지\s)?(?:않|안\s|거부|불가|없|못)"),
}
FROM_TO = spelled(r"\bfrom\s(\d[\d.]*)\s?(?:%|per\s?cent)?\s(?:\w+\s){0,2}?to\s(?:\w+\s){0,2}?(\d[\d.]*)")
_LESS_EN = r"(?:cuts?|cutting|lower(?:s|ed|ing)?|slash(?:es|ed|ing)?|reduc(?:es?|ed|ing)|halv(?:es?|ed|ing)|trim(?:s|med)?|suspend(?:s|ed|ing)?|paus(?:es?|ed|ing)|rolls?\sback|rolled\sback|waiv(?:es?|ed|ing))"
LOWERED = {
    "en": spelled(
        rf"\b{_LESS_EN}(?:\s(?!(?:with|as|after|amid|and|but|while|to|by|in|under|before|when|if|exclusions?|exemptions?|imports?|exports?|sourcing|threshold|quotas?)\b)[\w’'.&/%-]+){{0,5}}?\s{_DUTY_EN}\b(?![ -](?:free|exempt|exemptions?|exclusions?|waivers?|relief))"
        rf"|\b{_DUTY_EN}(?:\s(?!(?:as|after|amid|and|but|while|when|if)\b)[\w’'.&/-]+){{0,5}}?\s(?:cut|halved|lowered|reduced|slashed|suspended|paused|dropped|drops|down|falls|fall)\s(?:to|for|by|from|until)\b"
        rf"|\bextend(?:s|ed)?{_WORD_EN}{{0,3}}?\s(?:{_DUTY_EN}\s(?:pause|suspension|reprieve|truce)|(?:pause|suspension)\s(?:of|on)\s(?:\w+\s){{0,3}}?{_DUTY_EN})\b"
    ),
    "zh": spelled(
        r"(?:下调|降低|调降|削减|减征|减半|暂停|停止|停征|暂免|免征|继续缓|缓征)[^，,；;。：:\s]{0,16}?(?:关税|税率|加征)"
        r"|(?:关税|税率|芬太尼税)[^，,；;。：:]{0,12}?(?:下调|降至|降到|降为|调降|降低|减半|砍半|减至)"
    ),
    "ja": spelled(r"関税[^、。；\s]{0,14}?(?:引き下げ|引下げ|半減|停止|猶予|撤廃|免除|に下げ|減免)"),
    "ko": spelled(r"관세[^,·…]{0,14}?(?:인하|낮춰|낮춘|낮췄|유예|철폐|면제|철회|반으로)"),
}
RAISED = spelled(
    r"\b(?:rais(?:es?|ed|ing)|impos(?:es?|ed|ing)|re-?impos\w*|hik(?:es?|ed|ing)|hits|slaps?|slapped|doubl\w+|tripl\w+|quadrupl\w+|higher|increases?|charges|rises?)\b"
    r"|加征|上调|提高|升至|涨至|翻倍|翻番|开征|恢复|引き上げ|課す|発動|倍増|再開|인상|부과|발동|올려|올린|올렸|두 배|곱절|재개"
)
# A clause of its own, or a second verb that raises: what is cut in one is no duty of the other.
APART_EN = spelled(
    r"[,;:…|]|\s[-–—]\s|\b(?:as|while|amid|but|after|despite|following|before|when)\s"
    r"|\band\s(?=(?:(?:to|will)\s)?(?:rais|impos|re-?impos|hik|doubl|tripl|increas|slap|keep|threaten|maintain)\w*\s)"
)
EASES_EN = spelled(
    rf"\b(?:{_LESS_EN}|lift\w*|scrap\w*|remov\w+|remission|drop\w*|ends?|ended|ending|exempt\w*|cancel\w*|rescind\w*|revok\w+|eas(?:e|es|ed|ing)|relief|exclusions?|waivers?|reprieves?"
    r"|extend\w*|grant\w*|renew\w*|widen\w*|truce|deal|agree\w*|reduction\w*|rollbacks?|suspension|pauses?|pull\w*|spare\w*|axe[sd]?|withdr\w+|halt\w*|stop\w*|void\w*|free\w*|shelv\w+|abandon\w*|delay\w*|postpon\w*|defer\w*|sealed|signs?|signed|prolong\w*|down|fall\w*|roll\w*)\b"
)
A_DUTY_EN = spelled(r"\b(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|fees?|truce|ceasefire|tax(?:es)?)\b")
ANY_DUTY = spelled(r"tariff|dut(?:y|ies)|lev(?:y|ies)|关税|関税|관세")
