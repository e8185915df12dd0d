"""The only importer of APScheduler: a few recurring jobs, none of which overlaps itself, and a clean stop.

Sources are not jobs. One tick job looks at what is due (`next_due_at` carries cadence and jitter), so that ten
thousand sources cost what one job costs and a late round runs once, not as often as it was missed.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from warning.app.compose import system_clock
from warning.errors import EwsError

log = logging.getLogger(__name__)
GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`action` runs every `every_seconds`, the first time at once (or after one interval when not `at_once`).

    A round that takes longer than the interval is not joined by a second one. An action that raises is logged
    and runs again at its next time. With `woken` it runs besides whenever that returns, never two rounds at a time.
    """

    name: str
    every_seconds: float
    action: Callable[[], Awaitable[object]]
    at_once: bool = True
    woken: Callable[[], Awaitable[object]] | None = None


class Service:
    """Runs jobs until it is told to stop; rounds under way then get `grace_seconds` to end.

    `on_failure` is told the job's name and what it raised, after it was logged.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        clock: Callable[[], datetime] = system_clock,
        grace_seconds: float = GRACE_SECONDS,
        on_failure: Callable[[str, Exception], None] | None = None,
    ) -> None:
        names = [job.name for job in jobs]
        if len(set(names)) != len(names):
            raise ValueError(f"two jobs of one name among {', '.join(sorted(names))}")
        self._jobs = tuple(jobs)
        self._clock = clock
        self._grace_seconds = grace_seconds
        self._on_failure = on_failure
        self._under_way: set[asyncio.Task[object]] = set()
        self._busy = {job.name: asyncio.Lock() for job in self._jobs}
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Ask the service to end; `run` returns when the rounds under way have."""
        self._stop.set()

    async def run(self, stop_event: asyncio.Event | None = None) -> bool:
        """Run until `stop` is called or `stop_event` is set.

        Returns whether every round under way came to its end; False when one had to be cancelled.
        """
        # It tells of every run and every round that was still going, which here is the normal course.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = self._scheduler()
        scheduler.start()
        wakers = [asyncio.ensure_future(self._wake(job)) for job in self._jobs if job.woken]
        try:
            await _first(self._stop, stop_event)
        finally:
            await _cancelled(wakers)
            scheduler.pause()
            scheduler.remove_all_jobs()
            ended = await self._finish()
            scheduler.shutdown(wait=False)
        return ended

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()}, executors={"default": AsyncIOExecutor()}, timezone=UTC
        )
        for job in self._jobs:
            when = {"next_run_time": self._clock()} if job.at_once else {}
            scheduler.add_job(
                self._interval,
                "interval",
                args=[job],
                id=job.name,
                name=job.name,
                seconds=job.every_seconds,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                **when,
            )
        return scheduler

    async def _interval(self, job: Job) -> None:
        """The round of the clock; left out while one that was woken is still going."""
        if not self._busy[job.name].locked():
            await self._round(job)

    async def _wake(self, job: Job) -> None:
        """Run the job whenever it is woken: what came in during a round gets one of its own."""
        assert job.woken is not None
        while True:
            await job.woken()
            await asyncio.shield(self._round(job))

    async def _round(self, job: Job) -> None:
        async with self._busy[job.name]:
            await self._one_round(job)

    async def _one_round(self, job: Job) -> None:
        """One run of a job, kept apart so that `_finish` can wait for it before the executor shuts down."""
        task: asyncio.Task[object] = asyncio.ensure_future(_called(job))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            await task
        except Exception as failure:  # the next round has to come whatever this one met
            if isinstance(
                failure, EwsError
            ):  # it has a name that says it all; of any other the trace is kept
                log.error("%s failed and runs again at its next time: %s", job.name, failure)  # noqa: TRY400 - as said
            else:
                log.exception("%s failed and runs again at its next time", job.name)
            if self._on_failure is not None:
                self._on_failure(job.name, failure)

    async def _finish(self) -> bool:
        rounds = set(self._under_way)
        if not rounds:
            return True
        log.info("stopping: %d rounds under way, %g s of grace", len(rounds), self._grace_seconds)
        _, late = await asyncio.wait(rounds, timeout=self._grace_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late


async def run_service(
    jobs: Sequence[Job],
    stop_event: asyncio.Event,
    *,
    clock: Callable[[], datetime] = system_clock,
    grace_seconds: float = GRACE_SECONDS,
) -> bool:
    """Run `jobs` until `stop_event` is set. See `Service.run`."""
    return await Service(jobs, clock=clock, grace_seconds=grace_seconds).run(stop_event)


def stop_on_signals(stop_event: asyncio.Event) -> None:
    """Set `stop_event` at SIGTERM and SIGINT. A second signal ends the process at once, as without us."""
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        log.info("%s: finishing what is under way", number.name)
        stop_event.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)


async def _cancelled(tasks: Sequence["asyncio.Future[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _called(job: Job) -> object:
    return await job.action()


async def _first(*events: asyncio.Event | None) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events if event is not None]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
