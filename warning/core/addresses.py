"""The canonical form of an address: what different addresses of one document have in common.

It is compared, never fetched or shown. Scheme, `www.`, mobile and AMP forms, tracking parameters, session ids, index
pages and trailing slashes say nothing about the document; a wrapper (a search engine's redirect) stands for what it
wraps. Any other parameter may name the document, so it stays; one that tells on some sites the reader's way and on
others the page goes only with a value that tells a way. Two forms of one document cost an item; one form of two would
cost a notice.
"""

import re
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

# Names that only counters of visitors give out; whatever stands behind them names no document.
_TRACKERS = frozenset({
    "fbclid", "gclid", "gclsrc", "dclid", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "igsh",
    "igshid", "wbraid", "gbraid", "li_fat_id", "irclickid", "_openstat", "_ga", "_gl", "mkt_tok",
    "mibextid", "__twitter_impression", "usqp", "amp_js_v", "guccounter", "ref_src", "ref_url",
    "gaa_at", "gaa_n", "gaa_ts", "gaa_sig", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id",
    "sr_share", "share_token", "sharefrom", "isappinstalled", "nsukey", "spm", "traffic_source", "iref",
    "n_cid", "ns_campaign", "ns_mchannel", "ns_source", "ns_linkname", "feedtype", "feedname", "mc_cid",
    "mc_eid", "pk_campaign", "pk_kwd", "pk_keyword", "pk_source", "pk_medium", "pk_content", "pk_cid",
    "trk_contact", "trk_msg", "trk_module", "at_medium", "at_campaign", "at_campaign_type", "at_mid",
    "at_nation", "at_audience_id", "at_product", "at_brand", "at_format", "at_objective",
    "at_link_title", "at_link_id", "at_link_type", "at_link_origin", "at_bbc_team", "at_creation",
})  # fmt: skip
_TRACKING_FAMILIES = (
    "utm_", "mtm_", "matomo_", "piwik_", "hsa_", "__hs", "_hs", "guce_", "ga_campaign", "ga_ad", "at_ptr_", "at_custom",
)  # fmt: skip
# Names that on one site say where the reader came from and on another which page is meant: dropped only with a value
# that says where from. `ref=inbound_rhs` and `feature=share` go, `ref=123` and `feature=annex` stay.
_REFERRERS = frozenset({
    "ref", "referrer", "referer", "source", "src", "source_type", "from", "from_source", "f", "feature",
    "share", "shared", "origin", "via", "partner", "emc", "mod", "cmp", "cmpid", "icid", "ncid", "ocid",
    "smid", "scm", "wfr", "amp", "outputtype", "rss", "cid",
})  # fmt: skip
_REFERRING = frozenset({
    "rss", "atom", "feed", "feeds", "feedburner", "newsletter", "email", "mail", "twitter", "twsrc",
    "facebook", "fb", "linkedin", "instagram", "reddit", "youtube", "youtu", "telegram", "whatsapp",
    "google", "googlenews", "yahoo", "bing", "msn", "flipboard", "wechat", "weixin", "weibo", "hatena",
    "kakao", "kakaotalk", "naver", "daum", "share", "shared", "sharing", "inbound", "outbound",
    "homepage", "frontpage", "gnavi", "rnavi", "sidebar", "amp",
})  # fmt: skip
_SAID = re.compile(r"[a-z]+")
_COUNTED = re.compile(r"\d")
_NOTHING_SAID = frozenset({"", "1", "true", "yes"})
_FLAGS = frozenset({"rss", "amp", "share", "shared"})
# One article stands in every edition of the collection.
_EDITIONS = {"news.google.com": frozenset({"oc", "ceid", "hl", "gl"})}
_SESSIONS = re.compile(
    r"(?:php|asp|j|cf|s)?sess(?:ion)?_?id|jsessionid|aspsessionid\w*|cftoken|sid|zenid", re.IGNORECASE
)
_SESSION_VALUE = re.compile(r"(?=[^&]*\d)[0-9A-Za-z.!_-]{16,}")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_SESSION_FOLDER = re.compile(r"/\(S\([0-9a-z]{20,}\)\)", re.IGNORECASE)
_MOBILE_HOST = re.compile(r"^(?:www\d?|m|mobile|amp|wap|touch|3g)\.(?=[^.]+\.[^.]+)")
_MOBILE = ("www", "m.", "mobile.", "amp.", "wap.", "touch.", "3g.")
_AMP_PATH = re.compile(r"(?<=.)/amp(?:/|\.html?)?$|\.amp(?=\.html?$|$|/$)|(?<=.)/amp(?=/)", re.IGNORECASE)
# What most addresses are: nothing in them to drop but a subdomain and the last slashes.
_PLAIN = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[\w.~!$&'*+,=:@-]+)+)/?(?:\?([\w.~-]+=[\w.~-]*(?:&[\w.~-]+=[\w.~-]*)*))?",
    re.ASCII,
)
_SLASHES = re.compile(r"/{2,}")
_PLAIN_PATH = re.compile(r"[\w.~!$&'()*+,;=:@/-]*", re.ASCII)
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
_WRAPPERS = {"url", "u", "q", "dest", "target", "redirect", "to"}
_WRAPPING = re.compile(
    r"(?:^|\.)(?:google\.[a-z.]+/(?:url|amp/s)|news\.url\.google\.com/|bing\.com/(?:news/apiclick|ck/a)|"
    r"l\.facebook\.com/l\.php|out\.reddit\.com/|t\.umblr\.com/redirect|link\.zhihu\.com/|"
    r"safelinks\.protection\.outlook\.com/|duckduckgo\.com/l/|feedproxy\.google\.com/)"
)
_AMP_CACHE = re.compile(
    r"^(?:[^.]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?|(?:www\.)?google\.[a-z.]+/amp/(?:s/)?)"
)
_MOST_WRAPPED = 3
LONGEST = 2_000


def canonical_address(url: str) -> str:
    """Return the canonical form, "" for what cannot name one document: no web address, or a site's front page."""
    plain = _plain(url)
    if plain:
        return plain
    for _ in range(_MOST_WRAPPED):
        wrapped = _unwrapped(url)
        if not wrapped:
            break
        url = wrapped
    return _canonical(url[:LONGEST])


def _plain(url: str) -> str:
    """Return the canonical form of an address with nothing to look into, "" for any other."""
    parts = _PLAIN.fullmatch(url) if len(url) <= LONGEST else None
    if parts is None:
        return ""
    host, path, query = parts.groups()
    lower = path.lower()
    if "/amp" in lower or ".amp" in lower or "/index." in lower or "/default." in lower:
        return ""
    if "ampproject" in host or (query and _WRAPPING.search(f"{host}{lower}/")):
        return ""
    shown = (_MOBILE_HOST.sub("", host) if host.startswith(_MOBILE) else host) + path
    kept = _plain_query(query, _EDITIONS.get(host, frozenset())) if query else ""
    return f"{shown}?{kept}" if kept else shown


def _plain_query(query: str, edition: frozenset[str]) -> str:
    """The same as `_query`, of a query in which nothing is quoted."""
    pairs = [pair.partition("=")[::2] for pair in query.split("&")]
    kept = sorted(pair for pair in pairs if pair[0] not in edition and not _is_noise(*pair))
    return "&".join(map("=".join, kept))


def _canonical(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or " " in host:
        return ""
    path = _path(parts.path)
    query = _query(parts.query, _EDITIONS.get(host, frozenset())) if parts.query else ""
    fragment = _route(parts.fragment)
    if not (path or query or fragment):
        return ""
    shown = _MOBILE_HOST.sub("", host) + ("" if port in {None, 80, 443} else f":{port}")
    return f"{shown}{path}" + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _path(path: str) -> str:
    if ";" in path or "(" in path:
        path = _SESSION_FOLDER.sub("", _PATH_SESSION.sub("", path))
    if "//" in path:
        path = _SLASHES.sub("/", path)
    if "amp" in path.lower():
        path = _AMP_PATH.sub("", path)
    path = _INDEX.sub("/", path).rstrip("/")
    if _PLAIN_PATH.fullmatch(path):
        return path
    return quote(unquote(path, errors="surrogateescape"), safe="/~!$&'()*+,;=:@", errors="surrogateescape")


def _query(query: str, edition: frozenset[str]) -> str:
    """Keep the parameters that may name a document, in one order."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted(
        (name, value) for name, value in pairs if name not in edition and not _is_noise(name, value)
    )
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in kept)


def _is_noise(name: str, value: str) -> bool:
    meant = _meant_by(name)
    if meant == "referrer":
        return _is_referrer(name.lower(), value.lower())
    # A short `sid` names a document on many sites; a session's is long and holds digits.
    return meant == "tracker" or (meant == "session" and _SESSION_VALUE.fullmatch(value) is not None)


@lru_cache(maxsize=4_096)
def _meant_by(name: str) -> Literal["tracker", "referrer", "session", "document"]:
    """What a parameter of this name may be. There are few names, and every address of a source has the same."""
    lower = name.lower()
    if lower in _TRACKERS or lower.startswith(_TRACKING_FAMILIES):
        return "tracker"
    if lower in _REFERRERS:
        return "referrer"
    return "session" if _SESSIONS.fullmatch(name) else "document"


def _is_referrer(name: str, value: str) -> bool:
    """Whether a value says where the reader came from, by a word for a way of reading or by an address.

    A number may be the page's.
    """
    if name in _FLAGS and value in _NOTHING_SAID:
        return True
    if value.startswith(("http://", "https://", "www.")):
        return True
    return not _COUNTED.search(value) and not _REFERRING.isdisjoint(_SAID.findall(value))


def _quoted(text: str) -> str:
    return quote(text, safe="~", errors="surrogateescape")


def _route(fragment: str) -> str:
    """A fragment names a place in a page, except where a site keeps its pages behind `#/` or `#!`."""
    return fragment if fragment.startswith(("/", "!")) and len(fragment) > 1 else ""


def _unwrapped(url: str) -> str:
    """Return the address that a redirect or an AMP cache wraps, "" when it is none."""
    bare = url.strip().partition("://")[2]
    place = bare.partition("?")[0].lower()
    cached = _AMP_CACHE.match(place)
    if cached and len(bare) > cached.end():
        return f"https://{bare[cached.end() :]}"
    if not _WRAPPING.search(place):
        return ""
    for name, value in parse_qsl(bare.partition("?")[2]):
        if name.lower() in _WRAPPERS and value.lower().startswith(("http://", "https://")):
            return value
    return ""
