"""The exception for mistakes of the user."""

import difflib
import re
from collections.abc import Iterable


class UserError(Exception):
    """A mistake in the input that the user can fix.

    The message is one sentence that names the file, line or key, and says how to fix it.
    Programs print it without a traceback and exit with a non-zero status.

    kind : a word for callers that go on after one kind of mistake, such as `diverged`
    """

    def __init__(self, message: str = "", kind: str = ""):
        super().__init__(re.sub(r"\s*\n\s*", " ", message))  # those of other libraries have several lines
        self.kind = kind

    @staticmethod
    def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
        """A question for the known word that is most like `word`, or `otherwise` if none is. Case does not matter.

        Deciding modules call it in the message that they raise, so that it is no part of their code (`flow.code`).
        """
        words = {one.lower(): one for one in known}
        near = difflib.get_close_matches(word.lower(), words, 1)
        return f"did you mean {words[near[0]]}?" if near else otherwise
