"""A logger plugin for tests: prints the fields of each job, which Snakemake shows only for rules without a message."""

import sys

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent


class LogHandler(LogHandlerBase):
    writes_to_stream = writes_to_file = has_filter = has_formatter = needs_rulegraph = False

    def emit(self, record):
        if getattr(record, "event", None) != LogEvent.JOB_INFO or not record.rule_msg:
            return
        lines = [f"rule {record.rule_name}:"]
        for name in ("input", "output", "log"):
            if getattr(record, name):
                lines.append(f"    {name}: {', '.join(getattr(record, name))}")
        if record.wildcards:
            lines.append("    wildcards: " + ", ".join(f"{name}={value}" for name, value in record.wildcards.items()))
        # In one call and after a line break: Snakemake writes its own messages from another thread.
        sys.stdout.write("\n" + "".join(f"{line}\n" for line in lines))
