"""A logger of Snakemake that shows errors only, and keeps the planned jobs for plan.py in `flow.plan.JOBS`."""

import logging
import sys

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from flow import plan


class LogHandler(LogHandlerBase):
    writes_to_stream = True
    writes_to_file = has_filter = has_formatter = needs_rulegraph = False

    def emit(self, record):
        if getattr(record, "event", None) == LogEvent.JOB_INFO:
            plan.JOBS[record.jobid] = plan.Job(
                record.rule_name, dict(record.wildcards), tuple(record.output), record.reason, record.is_checkpoint
            )
        elif record.levelno >= logging.WARNING:
            print(plan.without_places(record.getMessage()), file=sys.stderr)
