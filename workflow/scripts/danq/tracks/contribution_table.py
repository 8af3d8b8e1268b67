"""The table of tracks of contributions, which `danq.explain.contribution_tracks` writes and hubs show."""

from ..tables import Table

CONTRIBUTIONS = Table(
    "table of tracks of contributions",
    ("index", "target", "assay", "file", "windows", "bases", "overlapping", "unknown", "lowest", "highest"),
    words=("target", "assay", "file"),
)
