"""The canonical form of an address: what different addresses of one document have in common.

It is compared, never fetched or shown. Scheme, `www.`, mobile and AMP forms, tracking parameters, session ids, index
pages and trailing slashes say nothing about the document; a wrapper (a search engine's redirect) stands for what it
wraps. Any other parameter may name the document, so it stays.
"""

import re
from urllib.parse import parse_qsl, quote, unquote, urlsplit

_TRACKERS = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|hmb|at|mc|vero|oly|ga|trk|cmp|__hs)_\w+"
    r"|(?:gcl|dcl|fbcl|msclk|ycl|twcl|ttcl|igsh|wbra|gbra|li_fat_|irclick|_open)\w*id?"
    r"|cmpid|cid_source|ocid|ncid|icid|smid|ref|referrer|referer|ref_src|ref_url|src_url|from_source|source_type"
    r"|spm|scm|share|share_token|sharefrom|isappinstalled|nsukey|wfr|gaa_\w+|guccounter|guce_\w+|oc|ceid"
    r"|feature|outputtype|amp|amp_js_v|usqp|__twitter_impression|mibextid|_hsenc|_hsmi|mkt_tok|sr_share",
    re.IGNORECASE,
)
_SESSIONS = re.compile(
    r"(?:php|asp|j|cf|s)?sess(?:ion)?_?id|jsessionid|aspsessionid\w*|cftoken|sid|zenid", re.IGNORECASE
)
_SESSION_VALUE = re.compile(r"(?=[^&]*\d)[0-9A-Za-z.!_-]{16,}")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_SESSION_FOLDER = re.compile(r"/\(S\([0-9a-z]{20,}\)\)", re.IGNORECASE)
_MOBILE_HOST = re.compile(r"^(?:www\d?|m|mobile|amp|wap|touch|3g)\.(?=[^.]+\.[^.]+)")
_AMP_PATH = re.compile(r"(?<=.)/amp(?:/|\.html?)?$|\.amp(?=\.html?$|$|/$)|(?<=.)/amp(?=/)", re.IGNORECASE)
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
    for _ in range(_MOST_WRAPPED):
        wrapped = _unwrapped(url)
        if not wrapped:
            break
        url = wrapped
    return _canonical(url[:LONGEST])


def _canonical(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or " " in host:
        return ""
    path = _path(parts.path)
    query = _query(parts.query)
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


def _query(query: str) -> str:
    """Keep the parameters that may name a document, in one order."""
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted((name, value) for name, value in pairs if not _is_noise(name, value))
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in kept)


def _is_noise(name: str, value: str) -> bool:
    if _TRACKERS.fullmatch(name):
        return True
    # A short `sid` names a document on many sites; a session's is long and holds digits.
    return bool(_SESSIONS.fullmatch(name) and _SESSION_VALUE.fullmatch(value))


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
