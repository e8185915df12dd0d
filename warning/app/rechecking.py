"""The daily look at the pages behind open alerts: what its publisher took off the net is evidence taken back."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

from warning.app.compose import System
from warning.collect.fetch import Fetcher
from warning.collect.fetch_values import Fetched, FetchRequest, Validators
from warning.core.page_checks import Page, PageCheck, due_pages, pages_behind, withdrawals_of
from warning.errors import FetchError, FetchGone

log = logging.getLogger(__name__)
# So that one step of the service does not hold the others up; the next one goes on.
MOST_A_STEP = 5
# So long a page whose alert was cancelled is looked for: it may be there again.
BACK_WITHIN = timedelta(days=30)


async def recheck_due(system: System, fetcher: Fetcher, *, most: int = MOST_A_STEP) -> int:
    """Ask for the pages that are due, one after the other, and return how many. An error of one touches no other."""
    policy, now = system.book().policy.page_checks, system.clock()
    if not policy.enabled:
        return 0
    pages, known = await asyncio.to_thread(_pages, system)
    due = due_pages(pages, tuple(known.values()), policy, now)[:most]
    for page in due:
        before = known.get(page.url)
        check = await _look(page, before, fetcher, system, policy.spacing_seconds)
        neighbours = [one for url, one in known.items() if url != page.url]
        acts = tuple(withdrawals_of(page, before, check, neighbours))
        if acts:
            check = replace(check, taken_back=acts[0].action == "withdrawn")
        await asyncio.to_thread(system.repository.keep_page_check, check, acts)
        known[page.url] = check
        for act in acts:
            log.info("%s is %s by its publisher: %s", act.evidence_id, act.action, act.reason)
    return len(due)


def _pages(system: System) -> tuple[tuple[Page, ...], dict[str, PageCheck]]:
    """The pages of open alerts, and of those cancelled: a page that is there again lets its evidence stand."""
    known = {check.url: check for check in system.repository.page_checks()}
    live = pages_behind(system.repository.alerts(states=("open",), interrupts=True))
    lost = {url for url, check in known.items() if check.taken_back}
    if not lost:
        return live, known
    since = system.clock() - BACK_WITHIN
    cancelled = system.repository.alerts(states=("cancelled",), since=since, interrupts=True)
    back = (page for page in pages_behind(cancelled) if page.url in lost)
    return tuple({page.url: page for page in (*live, *back)}.values()), known


async def _look(
    page: Page, before: PageCheck | None, fetcher: Fetcher, system: System, spacing_seconds: float
) -> PageCheck:
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
        since = then.missing_since or now
        return replace(
            then, answer="gone" if gone.status == 410 else "missing", checked_at=now, missing_since=since
        )
    except FetchError:
        return replace(then, answer="unclear", checked_at=system.clock())
    return _there(then, fetched, system)


def _there(then: PageCheck, fetched: Fetched, system: System) -> PageCheck:
    said = fetched.validators
    return replace(
        then, answer="there", checked_at=system.clock(), missing_since=None,
        etag=said.etag, last_modified=said.last_modified, body_hash=said.body_hash,
    )  # fmt: skip
