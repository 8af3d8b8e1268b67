"""The one exception that a user is meant to read."""


class UserError(Exception):
    """A mistake in the input that its author can mend.

    The message is one sentence that names the file, the line or the key, and the mend.
    Programs print it without a traceback and end with a non-zero status.
    """
