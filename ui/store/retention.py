"""What is too old goes, when the service starts and once a day."""

import logging
import threading

from policyqa.ui.errors import StoreError
from policyqa.ui.store.audit import CLOCK
from policyqa.ui.store.records import Records

logger = logging.getLogger(__name__)
DAY_S = 86_400.0


def purge_daily(
    records: Records, days: int, *, every_s: float = DAY_S, stop: threading.Event | None = None
) -> threading.Thread:
    """Delete what is older than so many days now, and again every so often until told to stop. A
    database that cannot be reached is tried again the next time."""
    stopped = stop or threading.Event()

    def run() -> None:
        while True:
            try:
                logger.info("purged %d answers", records.purge(days=days, by=CLOCK))
            except StoreError:
                logger.exception("what is too old could not be deleted")
            if stopped.wait(every_s):
                return

    thread = threading.Thread(target=run, name="retention", daemon=True)
    thread.start()
    return thread
