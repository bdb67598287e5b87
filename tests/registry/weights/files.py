"""A small file that is served as a model's, and the `serve:` that declares it."""

from __future__ import annotations

import hashlib
import io
import random
from pathlib import Path
from typing import Any

from registry.config.schema import Serve
from registry.weights.fetch import fetch
from registry.weights.progress import Progress

DATA = random.Random(7).randbytes(3_000_000)


def serve(*sources: dict[str, Any], data: bytes = DATA) -> Serve:
    return Serve.model_validate(
        {
            "sources": sources,
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
        },
        strict=False,
    )


def fetched(declared: Serve, out: io.StringIO | None = None) -> Path:
    return fetch("coder", declared, Progress(out or io.StringIO(), declared.size or 0))
