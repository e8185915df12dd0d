"""The daily look at the pages behind open alerts: what its publisher took off the net is evidence taken back."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from warning.app.polling import Asker
from warning.app.system import System
from warning.collect.fetch_values import Fetched, FetchRequest, Validators
from warning.core.page_checks import Page, PageCheck, due_pages, pages_behind, withdrawals_of
from warning.errors import FetchError, FetchGone

log = logging.getLogger(__name__)
# So that one step of the service does not hold the others up; the next one goes on.
MOST_A_STEP = 5
# So long a page whose alert was cancelled is looked for: it may be there again.
BACK_WITHIN = timedelta(days=30)


async def recheck_due(system: System, fetcher: Asker, *, most: int = MOST_A_STEP) -> int:
    """Ask for the pages that are due, one after the other, and return how many. An error of one touches no other."""
    policy, now = system.book().policy.page_checks, system.clock()
    if not policy.enabled:
        return 0
    pages, known, dark = await asyncio.to_thread(_pages, system)
    due = due_pages(pages, tuple(known.values()), policy, now)[:most]
    looks = {
        page.url: await _look(page, known.get(page.url), fetcher, system, policy.spacing_seconds, dark)
        for page in due
    }
    for page in due:  # only now: what is missing beside it says whether a page or the whole site is gone
        check, last = looks[page.url], {**known, **looks}
        neighbours = [one for url, one in last.items() if url != page.url]
        acts = tuple(withdrawals_of(page, known.get(page.url), check, neighbours))
        if acts:
            check = replace(check, taken_back=acts[0].action == "withdrawn")
        await asyncio.to_thread(system.repository.keep_page_check, check, acts)
        for act in acts:
            log.info("%s is %s by its publisher: %s", act.evidence_id, act.action, act.reason)
    return len(due)


def _pages(system: System) -> tuple[tuple[Page, ...], dict[str, PageCheck], frozenset[str]]:
    """The pages of open alerts, and of those cancelled: a page that is there again lets its evidence stand.

    With them the last looks, and the sources that are not read at the moment.
    """
    dark = frozenset(name for name, state in system.repository.source_states().items() if state.is_blind)
    known = {check.url: check for check in system.repository.page_checks()}
    live = pages_behind(system.repository.alerts(states=("open",), interrupts=True))
    lost = {url for url, check in known.items() if check.taken_back}
    if not lost:
        return live, known, dark
    since = system.clock() - BACK_WITHIN
    cancelled = system.repository.alerts(states=("cancelled",), since=since, interrupts=True)
    back = (page for page in pages_behind(cancelled) if page.url in lost)
    return tuple({page.url: page for page in (*live, *back)}.values()), known, dark


async def _look(
    page: Page,
    before: PageCheck | None,
    fetcher: Asker,
    system: System,
    spacing_seconds: float,
    dark: frozenset[str],
) -> PageCheck:
    """Ask for one page. Where its whole source is not read, that it is missing says nothing of the page."""
    then = before or PageCheck(
        url=page.url, source_id=page.source_id, answer="there", checked_at=system.clock()
    )
    request = FetchRequest(
        source_id=page.source_id,
        url=page.url,
        validators=Validators(
            url=page.url, etag=then.etag, last_modified=then.last_modified, body_hash=then.body_hash
        ),
        spacing_seconds=spacing_seconds,
    )
    try:
        fetched = await fetcher.fetch(request)
    except FetchGone as gone:
        now = system.clock()
        if page.source_id in dark:
            return replace(then, answer="unclear", checked_at=now)
        since = then.missing_since or now
        return replace(
            then, answer="gone" if gone.status == 410 else "missing", checked_at=now, missing_since=since
        )
    except FetchError:
        return replace(then, answer="unclear", checked_at=system.clock())
    return _there(then, fetched, system)


def _there(then: PageCheck, fetched: Fetched, system: System) -> PageCheck:
    """An answer from another place on the way is a front page or a sign-in, not the page."""
    if fetched.document is not None and _place(fetched.document.url) != _place(then.url):
        since = then.missing_since if then.taken_back else None
        return replace(then, answer="unclear", checked_at=system.clock(), missing_since=since)
    said = fetched.validators
    return replace(
        then, answer="there", checked_at=system.clock(), missing_since=None,
        etag=said.etag, last_modified=said.last_modified, body_hash=said.body_hash,
    )  # fmt: skip


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return unquote(parts.path).rstrip("/"), unquote(parts.query)
