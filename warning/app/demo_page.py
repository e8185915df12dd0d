"""The results of a demonstration as static pages: no script, one style sheet, evidence as fetched beside them."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from aiohttp import web

from warning.app.demo_report import DemoAlert, DemoReport, first_message
from warning.app.system import System
from warning.core.alerts import Alert
from warning.core.signals import Exhibit
from warning.report.pages import PageText, html_page, page_style

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# A digest is a mail: its styles stand in the markup itself.
MAIL_CSP = CSP.replace("style-src 'self'", "style-src 'unsafe-inline'")


def write_page(system: System, report: DemoReport) -> Path:
    """Write the pages into the home and return the first one."""
    directory = report.home / "page"
    (directory / "evidence").mkdir(parents=True)
    (directory / "digests").mkdir()
    (directory / "style.css").write_text(page_style(), encoding="utf-8")
    digests = sorted((report.home / "digests").glob("*.html")) if (report.home / "digests").is_dir() else []
    for digest in digests:
        (directory / "digests" / digest.name).write_bytes(digest.read_bytes())
    for found in report.alerts:
        page = _alert_page(system, found, report.printed, directory)
        (directory / f"{found.alert.key}.html").write_text(page, encoding="utf-8")
    index = directory / "index.html"
    index.write_text(_index(report, [d.name for d in digests]), encoding="utf-8")
    return index


def known_files(directory: Path) -> Mapping[str, Path]:
    """Return every file below by its path: only what is there now will be served."""
    return {p.relative_to(directory).as_posix(): p for p in directory.rglob("*") if p.is_file()}


async def serve_pages(known: Mapping[str, Path], port: int) -> web.AppRunner:
    """Serve the files on loopback until the runner is cleaned up. Port 0 takes any that is free."""
    app = web.Application()
    app.router.add_get("/{name:.*}", partial(_file, known))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


async def _file(known: Mapping[str, Path], request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"] or "index.html"
    if name not in known:
        raise web.HTTPNotFound
    headers = {
        "Content-Security-Policy": MAIL_CSP if name.startswith("digests/") else CSP,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return web.FileResponse(known[name], headers=headers)


def _index(report: DemoReport, digests: Sequence[str]) -> str:
    alerts = [(found, found.alert, _levels(found.alert)) for found in report.alerts]
    return html_page("demo_index.html.j2", report=report, tally=report.tally, alerts=alerts, digests=digests)


def _levels(alert: Alert) -> list[tuple[str, str, str]]:
    """Return (country, level in words, css class) for each country."""
    words = PageText()
    return [(g.country, words.level(g.severity.value), g.severity.value) for g in alert.gradings]


def _alert_page(system: System, found: DemoAlert, printed: Sequence[str], directory: Path) -> str:
    book = system.book()
    versions = system.repository.alert_versions(found.alert.key)
    latest = versions[-1]
    first = [(desk, first_message(printed, desk.id, found.alert.key)) for desk in book.desks]
    messages = [(desk, text) for desk, text in first if text]
    evidence = [(e, _evidence_file(system, e, directory)) for e in latest.exhibits]
    deliveries = [owed.row for owed in system.repository.deliveries(alert_key=latest.key)]
    return html_page(
        "demo_alert.html.j2",
        found=found,
        alert=latest,
        levels=_levels(latest),
        versions=versions,
        messages=messages,
        evidence=evidence,
        deliveries=deliveries,
        withheld=system.repository.withheld_of(latest.key),
    )


def _evidence_file(system: System, exhibit: Exhibit, directory: Path) -> str:
    """Write the bytes as fetched, as plain text so that no browser runs them; empty when none are archived."""
    if not exhibit.archive_hash:
        return ""
    name = f"evidence/{exhibit.archive_hash[:16]}.txt"
    path = directory / name
    if not path.exists():
        path.write_bytes(system.repository.archived(exhibit.archive_hash))
    return name
