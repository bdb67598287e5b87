"""The threads that run beside requests, in each process that serves."""

from __future__ import annotations

from functools import cache

from accounts.chores import CHORES
from aimodels.portal_source.refresh import refresher
from alerts.background import background as alerts
from alerts.watch import delete_old
from chat.conversations import recover
from core.auth.identity import grace
from core.auth.uses import last_uses
from ledger.complete import completing
from ledger.copying import copying
from ledger.everyone.months import write_months
from ledger.rollup import delete_old_sums
from ledger.seal.days import write_seals
from ledger.telemetry.export import exporter
from registry.workers.file_watcher import watcher
from registry.workers.housekeeping import housekeeping
from registry.workers.worker import worker
from workflow.meanings.current import current as meanings
from workflow.sources.loaded import current as sources


@cache  # a process starts them once, at its first request: not every server has a lifespan
def start() -> None:
    """Start the worker's beat, which probes providers, and what else runs beside requests."""
    housekeeping.recover = recover
    housekeeping.tokens = (grace.confirm, last_uses.write)
    housekeeping.chores = (
        *CHORES, write_months, delete_old_sums, completing, write_seals, delete_old,
    )  # fmt: skip
    copying.leads = refresher.start
    worker.start()
    housekeeping.start()
    watcher.start()
    sources.start()
    meanings.start()
    copying.start()
    alerts.start()


def stop() -> None:
    """Do what has to be done before the process ends."""
    exporter.close()
    worker.leave()
