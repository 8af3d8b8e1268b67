"""The exception for mistakes of the user."""


class UserError(Exception):
    """A mistake in the input that the user can fix.

    The message is one sentence that names the file, line or key, and says how to fix it.
    Programs print it without a traceback and exit with a non-zero status.

    kind : a word for callers that go on after one kind of mistake, such as `diverged`
    """

    def __init__(self, message: str = "", kind: str = ""):
        super().__init__(message)
        self.kind = kind
