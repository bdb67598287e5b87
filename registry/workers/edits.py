"""When an edit of a file is loaded: once two checks see the same content."""

from __future__ import annotations


class Edits:
    """The edits of one file, by the revisions of its content.

    A half-written file is not loaded, and one that failed to load is not tried again.
    """

    def __init__(self) -> None:
        self._seen = ""  # the revision at the last check
        self._rejected = ""  # the revision that failed to load

    def is_due(self, revision: str, current: str) -> bool:
        """Is an edit to be loaded? `current` is the revision in use."""
        settled, self._seen = revision == self._seen, revision
        if revision == current:
            self._rejected = ""
            return False
        return settled and revision != self._rejected

    def loaded(self) -> None:
        self._rejected = ""

    def rejected(self, revision: str) -> None:
        self._rejected = revision
