"""Daily upkeep: partitions ahead, retention, vacuum, and a backup that was restored once to be sure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from smartmoney.jobs.runner import JobRun, job
from smartmoney.settings import Settings
from smartmoney.store.db import open_store
from smartmoney.store.server import growth, retention
from smartmoney.store.server.backup import backup

DAY = re.compile(r"\d{4}-\d\d-\d\d")


@job(every=86_400, shift=230, late="old rows are not pruned and no backup was made")
def maintenance(run: JobRun, *, make_backup: bool = True) -> None:
    """Make partitions ahead, delete and thin what is old, vacuum, note how large each table is, and back up.

    Args:
        run: store, settings and report.
        make_backup: also dump the database into `backups/` of the installation, and verify the dump.
    """
    report, settings = run.report, run.settings
    with run.store.raw() as connection:
        made = retention.make_partitions_ahead(connection)
    deleted = retention.prune(run.store, retention.kept_days(settings))
    owner = open_store("sm_owner", settings, 1)
    vacuumed = retention.vacuum(owner)
    owner.dispose()
    with run.store.raw() as connection:
        growth.measure(connection)
    report.written = {
        "partitions made": made,
        "tables vacuumed": vacuumed,
        **{f"{table} pruned": count for table, count in deleted.items()},
    }
    report.sentences = [f"{made} partitions made ahead; {sum(deleted.values())} old rows deleted."]
    report.sentences.append(growth.look(run.store, settings)["sentence"])
    _prune_reports(run)
    if make_backup and settings.retention_backups:
        folder = settings.smartmoney_home / "backups"
        path = backup(settings, folder)
        report.written["backups deleted"] = _prune_backups(folder, settings.retention_backups)
        report.sentences.append(
            f"Backup {path.name}, {path.stat().st_size / 2**20:.1f} MB, restored once and equal."
        )


def _prune_reports(run: JobRun) -> None:
    """A wrong REPORTS_URL, or one that is away, keeps nothing else from being done."""
    try:
        pruned = prune_reports(run.settings, datetime.now(UTC).date())
    except Exception as error:  # fsspec's file systems raise whatever their libraries raise
        run.report.sentences.append(
            f"Old reports were not deleted: REPORTS_URL cannot be used ({error or type(error).__name__})."
        )
    else:
        run.report.written["days of reports deleted"] = pruned


def prune_reports(settings: Settings, today: date) -> int:
    """Delete executed notebooks older than RETENTION_REPORTS_DAYS, by the day in their path JOB/YYYY-MM-DD/.

    Returns how many days of jobs were deleted. What is not named like a day of a job is left alone.
    """
    import fsspec

    files, root = fsspec.core.url_to_fs(
        settings.reports_url or str(settings.smartmoney_home / "reports")
    )
    oldest, deleted = (today - timedelta(days=settings.retention_reports_days)).isoformat(), 0
    for path in files.glob(f"{root.rstrip('/')}/*/*"):
        day = path.rstrip("/").rpartition("/")[2]
        if DAY.fullmatch(day) and day < oldest:
            files.rm(path, recursive=True)
            deleted += 1
    return deleted


def _prune_backups(folder: Path, keep: int) -> int:
    old = sorted(folder.glob("smartmoney-*.dump"))[:-keep]
    for path in old:
        path.with_suffix(".json").unlink(missing_ok=True)
        path.unlink()
    return len(old)
