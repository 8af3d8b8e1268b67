"""The table of influence, declared here so that reading it does not load Keras."""

from __future__ import annotations

from ..tables import Table

# Besides the filter's number, one column per target, headed by its number and title: the mean decrease of the predicted
# probability (not of the log-odds) without the filter.
INFLUENCE = Table("table of influence", ("filter",), others=True, digits=4)
