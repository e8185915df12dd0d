import asyncio
import logging
import os
import signal

import pytest

from warning.schedule import Job, Service, run_service, stop_on_signals

FAST = 0.02


def run(body):
    return asyncio.run(asyncio.wait_for(body(), 10))


def test_a_job_runs_at_once_and_again_until_the_event_is_set():
    async def body():
        stop, rounds = asyncio.Event(), []

        async def action():
            rounds.append(1)
            if len(rounds) == 3:
                stop.set()

        ended = await run_service([Job(name="tick", every_seconds=FAST, action=action)], stop)
        return ended, len(rounds)

    assert run(body) == (True, 3)


def test_a_job_may_wait_for_its_first_interval():
    async def body():
        order, stop = [], asyncio.Event()

        async def early():
            order.append("early")

        async def late():
            order.append("late")
            stop.set()

        jobs = [
            Job(name="late", every_seconds=0.2, action=late, at_once=False),
            Job(name="early", every_seconds=60, action=early),
        ]
        await run_service(jobs, stop)
        return order

    assert run(body) == ["early", "late"]


def test_a_round_that_outlasts_its_interval_is_not_joined_by_a_second_one_nor_made_up_for():
    async def body():
        stop, running, most, rounds = asyncio.Event(), 0, 0, 0

        async def slow():
            nonlocal running, most, rounds
            running += 1
            rounds += 1
            most = max(most, running)
            await asyncio.sleep(FAST * 10)
            running -= 1
            if rounds == 3:
                stop.set()

        await run_service([Job(name="slow", every_seconds=FAST, action=slow)], stop)
        return most, rounds

    assert run(body) == (1, 3)


def test_a_job_that_hangs_leaves_the_others_running():
    async def body():
        stop, ticks = asyncio.Event(), 0

        async def hang():
            await asyncio.Event().wait()

        async def tick():
            nonlocal ticks
            ticks += 1
            if ticks == 5:
                stop.set()

        jobs = [
            Job(name="hang", every_seconds=FAST, action=hang),
            Job(name="tick", every_seconds=FAST, action=tick),
        ]
        return await run_service(jobs, stop, grace_seconds=0.05), ticks

    assert run(body) == (False, 5)


def test_a_job_that_raises_is_logged_told_and_runs_again(caplog):
    async def body():
        stop, told = asyncio.Event(), []

        async def broken():
            if len(told) == 2:
                stop.set()
            raise ValueError("boom")

        service = Service(
            [Job(name="broken", every_seconds=FAST, action=broken)],
            on_failure=lambda name, failure: told.append((name, str(failure))),
        )
        await service.run(stop)
        return told

    with caplog.at_level(logging.ERROR):
        told = run(body)
    assert told[:2] == [("broken", "boom")] * 2
    assert "broken failed and runs again" in caplog.text


def test_a_stop_takes_no_new_work_and_lets_the_round_under_way_end():
    async def body():
        stop, started, finished, rounds = asyncio.Event(), asyncio.Event(), [], 0

        async def work():
            nonlocal rounds
            rounds += 1
            started.set()
            await asyncio.sleep(0.2)
            finished.append(True)

        service = asyncio.ensure_future(run_service([Job(name="w", every_seconds=FAST, action=work)], stop))
        await started.wait()
        stop.set()
        return await service, finished, rounds

    assert run(body) == (True, [True], 1)


def test_a_round_that_outlasts_the_grace_is_cancelled_and_can_clean_up():
    async def body():
        stop, started, cleaned = asyncio.Event(), asyncio.Event(), []

        async def work():
            started.set()
            try:
                await asyncio.sleep(60)
            finally:
                cleaned.append(True)

        job = Job(name="w", every_seconds=FAST, action=work)
        service = asyncio.ensure_future(run_service([job], stop, grace_seconds=0.05))
        await started.wait()
        stop.set()
        return await service, cleaned

    assert run(body) == (False, [True])


def test_a_service_can_be_stopped_by_itself():
    async def body():
        async def action():
            service.stop()

        service = Service([Job(name="once", every_seconds=60, action=action)])
        return await service.run()

    assert run(body) is True


def test_a_termination_signal_ends_the_service_cleanly():
    async def body():
        stop = asyncio.Event()
        stop_on_signals(stop)

        async def action():
            os.kill(os.getpid(), signal.SIGTERM)

        return await run_service([Job(name="once", every_seconds=60, action=action)], stop)

    assert run(body) is True


def test_two_jobs_of_one_name_are_refused():
    async def nothing():
        pass

    job = Job(name="same", every_seconds=1, action=nothing)
    with pytest.raises(ValueError, match="two jobs of one name"):
        Service([job, job])
