"""The portals on which cases run."""

from __future__ import annotations

from faults.case import Setup

# Short, so that each promise is soon due.
FIRM = {
    "CONNECT_TIMEOUT": "1", "FIRST_BYTE_TIMEOUT": "3", "WHOLE_ANSWER_TIMEOUT": "3", "IDLE_TIMEOUT": "3",
    "TOTAL_TIMEOUT": "20", "READER_SECONDS": "3", "HEAD_SECONDS": "3", "BODY_SECONDS": "4",
    "MAX_ANSWER_BYTES": "2000000", "MAX_CONVERSATION_CHARS": "2000", "PROVIDER_CONCURRENCY": "32",
}  # fmt: skip
PATIENT = {"FIRST_BYTE_TIMEOUT": "40", "WHOLE_ANSWER_TIMEOUT": "40", "IDLE_TIMEOUT": "40",
           "TOTAL_TIMEOUT": "80", "READER_SECONDS": "30"}  # fmt: skip

ONE = Setup(variables=FIRM)
PAIR = Setup(workers=2, redis=True, variables=PATIENT)
POSTGRES = Setup(postgres=True, variables={**PATIENT, "DATABASE_TIMEOUT": "1"})
