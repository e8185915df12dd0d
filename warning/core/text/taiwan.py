"""Names and terms that Taiwan writes in words of its own: 川普 for 特朗普, 輝達 for 英伟达, 晶片 for 芯片.

Traditional characters fold to simplified ones; these are other words. A Chinese phrase of the vocabulary that holds a word of the left
finds the text that has the one on the right too, so that rules are written once. Sources: headlines of the Central News Agency
and the two-strait tables of terms of the National Academy for Educational Research; words that mean something else on the
mainland (资料, 资讯, 曝光, 超微) are left out. Both sides are written folded.
"""

import re

_IN_TAIWAN = {
    "特朗普": "川普",
    "英伟达": "辉达",
    "阿斯麦": "艾司摩尔",
    "泛林": "科林研发",
    "空客": "空中巴士",
    "芯片": "晶片",
    "内存": "记忆体",
    "光刻机": "曝光机",
    "光刻胶": "光阻",
    "软件": "软体",
    "服务器": "伺服器",
    "人工智能": "人工智慧",
    "量子计算机": "量子电脑",
    "导弹": "飞弹",
    "意大利": "义大利",
    "新西兰": "纽西兰",
    "津巴布韦": "辛巴威",
    "老挝": "寮国",
    "朝鲜": "北韩",
}
_WORDS = re.compile("|".join(sorted(_IN_TAIWAN, key=len, reverse=True)))


def in_taiwan(needle: str) -> str:
    """A folded Chinese phrase in the words of Taiwan; the same where it has none of its own."""
    return _WORDS.sub(lambda word: _IN_TAIWAN[word.group()], needle)
