"""Publisher's markup to plain text: no tags, no entities, no control characters, whitespace folded, NFC.

NFC and not NFKC: the original forms (full-width digits, ², ㈜) are what a citation must show; the matcher
folds its own copy. Every function takes hostile input and runs in linear time.
"""

import html
import re
import unicodedata
from urllib.parse import urljoin, urlsplit

TITLE_CHARACTERS = 500
SUMMARY_CHARACTERS = 5_000
BODY_CHARACTERS = 100_000
MARKUP_CHARACTERS = 2_000_000
LINK_CHARACTERS = 2_000

_TAG = re.compile(
    r"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|[!?][^<>]*+>"
    r"|(?P<close>/?)(?P<name>[a-zA-Z][\w:.-]*+)(?P<rest>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+|[^<>]*+)>)"
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "svg",
        "math",
        "head",
        "title",
        "textarea",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "applet",
        "area",
        "audio",
        "b",
        "base",
        "basefont",
        "bdi",
        "bdo",
        "big",
        "blink",
        "body",
        "button",
        "canvas",
        "cite",
        "code",
        "col",
        "colgroup",
        "data",
        "datalist",
        "del",
        "dfn",
        "dialog",
        "dir",
        "embed",
        "em",
        "font",
        "frame",
        "frameset",
        "html",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "legend",
        "link",
        "map",
        "mark",
        "marquee",
        "menu",
        "meta",
        "object",
        "meter",
        "nobr",
        "noframes",
        "optgroup",
        "output",
        "param",
        "picture",
        "progress",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "source",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "track",
        "tt",
        "u",
        "var",
        "video",
        "wbr",
    ]
)
_HTML_NAMES = _BLOCKS | _SILENT | _INLINE
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def one_line(raw: str, limit: int = TITLE_CHARACTERS) -> str:
    """A title: markup stripped where it is HTML (`List<T>` stays), everything on one line."""
    return _cut(" ".join(_plain(raw, known_tags_only=True).split()), limit)


def paragraphs(raw: str, limit: int = SUMMARY_CHARACTERS) -> str:
    """Running text: block elements end a line, runs of empty lines become one line break."""
    return _cut(_fold(_plain(raw, known_tags_only=False)), limit)


def literal(raw: str, limit: int = SUMMARY_CHARACTERS) -> str:
    """Text that was never markup (a CSV cell, a text node): cleaned of what cannot be seen, on one line."""
    text = raw[:MARKUP_CHARACTERS]
    if not (text.isascii() and text.isprintable()):  # most cells need no cleaning, and lists have many cells
        text = _visible(text)
    return _cut(" ".join(text.split()), limit)


def has_unseen(text: str) -> bool:
    """Whether characters stand in it that are not seen and change what is: controls, marks of direction, tags."""
    return bool(_FORBIDDEN.search(text))


def looks_garbled(text: str) -> bool:
    """True for rows that no reader could use: no letter or digit, or the marks of a wrong decoding."""
    if not any(character.isalnum() for character in text):
        return True
    return "\ufffd" in text or bool(_MOJIBAKE.search(text))


# UTF-8 read as cp1252 or Latin-1: a lead byte's letter followed by a continuation byte's sign or by nothing.
_MOJIBAKE = re.compile(
    '[ÃÂ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œ]|â(?:[\x80-\x9f€™œžš“”]|(?=[A-ZÀ-ß*"]))|^â$|ï¿½|(?:[äåæçèé][\x80-\xbf€-™]){2}'
)


def safe_link(raw: str, document_url: str) -> str:
    """Resolve a link against the document's address. Anything but http and https gives ''."""
    link = _FORBIDDEN.sub("", html.unescape(raw)).strip().replace("\n", "").replace("\t", "")
    if not link or len(link) > LINK_CHARACTERS:
        return ""
    try:
        resolved = urljoin(document_url, link)
        parts = urlsplit(resolved)
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
            return ""
    except ValueError:  # urllib's word for a malformed bracketed host or port
        return ""
    return resolved.replace(" ", "%20")


def is_dangerous_link(raw: str) -> bool:
    """True for links that name a scheme we never follow: javascript:, data:, file: and the like."""
    scheme, colon, _ = re.sub(r"[\x00-\x20]+", "", html.unescape(raw)[:100]).partition(":")
    return bool(colon) and scheme.lower() in {"javascript", "data", "vbscript", "file", "blob", "about"}


def _plain(raw: str, *, known_tags_only: bool) -> str:
    text = raw[:MARKUP_CHARACTERS]
    if "<" in text:
        text = _strip(text, known_tags_only=known_tags_only)
    if "&" in text:
        text = html.unescape(text)
        if _ENTITY.search(text):  # escaped twice by the publisher
            text = html.unescape(text)
        if "<" in text:  # escaped markup became markup: take away what is HTML, keep what only looks like it
            text = _strip(text, known_tags_only=True)
    return _visible(text)


def _strip(text: str, *, known_tags_only: bool) -> str:
    pieces: list[str] = []
    position = 0
    while match := _TAG.search(text, position):
        pieces.append(text[position : match.start()])
        replacement, position = _tag(text, match, known_tags_only=known_tags_only)
        pieces.append(replacement)
    pieces.append(text[position:])
    return "".join(pieces)


def _tag(text: str, match: re.Match[str], *, known_tags_only: bool) -> tuple[str, int]:
    """What stands in a tag's place, and where to read on."""
    if match["comment"]:
        return "", _after(text, "-->", match.end())
    if match["cdata"]:
        end = _after(text, "]]>", match.end())
        return html.escape(text[match.end() : end].removesuffix("]]>"), quote=False), end
    name = (match["name"] or "").lower()
    if not name:
        return "", match.end()
    if known_tags_only and name not in _HTML_NAMES and not any(mark in match[0] for mark in "=:-"):
        return match[0], match.end()
    if name in _SILENT and not match["close"] and not match["rest"].endswith("/"):
        closing = re.compile(rf"</{name}\b[^>]*>", re.IGNORECASE).search(text, match.end())
        return " ", closing.end() if closing else len(text)
    return ("\n" if name in _BLOCKS else ""), match.end()


def _after(text: str, mark: str, position: int) -> int:
    found = text.find(mark, position)
    return len(text) if found < 0 else found + len(mark)


def _visible(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    # What is printable but for these spaces holds nothing forbidden; the expression itself is many times slower.
    if not text.replace("\n", "").replace("\t", "").replace("\u3000", "").replace("\xa0", "").isprintable():
        text = _FORBIDDEN.sub("", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _fold(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
