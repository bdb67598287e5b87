"""Running a parser of streams on bytes, for the tests of the wire formats."""

from __future__ import annotations

from registry.providers import WIRES
from registry.providers.events import Chunk, Event
from registry.providers.wire import Stamp, Target
from tests.support import anthropic_messages
from tests.support.provider_messages import line, ollama_line

STAMP = Stamp("chatcmpl-1", 1)


TARGET = Target("p", "m", "http://h", {"Authorization": "Bearer k"})


HARD = 'é\u2028\u2029\u0085\r\x0b😀𝄞\\"'  # separators that are not line ends here, and characters of many bytes


def run(wire: str, pieces: list[bytes], answers: int = 1) -> list[Event]:
    parser = WIRES[wire].Stream(TARGET, Stamp("chatcmpl-1", 1, {"n": answers}))
    events = [event for piece in pieces for event in parser.feed(piece)]
    return [*events, *parser.close()]


def text(events: list[Event]) -> str:
    return "".join(e.text for e in events if isinstance(e, Chunk))


OLLAMA_STREAM = b"".join(
    line(value) for value in (ollama_line("Hel"), ollama_line(f"lo{HARD}"), ollama_line(done=True))
)
ANTHROPIC_STREAM = anthropic_messages.stream("Hel", f"lo{HARD}")
