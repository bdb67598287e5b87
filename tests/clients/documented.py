"""What the page of clients says to set for a program, for this portal and a model."""

from __future__ import annotations

import os
import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs/clients.md").read_text()


def setting(program: str, model: str) -> str:
    """Return the block after the sentence that says what `program` reads."""
    block = re.search(rf"^{program} reads.*?^```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert block, f"{program} is not on the page"
    text = block[1].replace("http://127.0.0.1:8000", os.environ["PORTAL_URL"])
    text = re.sub(r"\$PORTAL_TOKEN|aim_…", os.environ["PORTAL_TOKEN"], text)
    return text.replace("oai:talker", model)


def variables(program: str, model: str) -> dict[str, str]:
    """Return the variables to export."""
    return dict(re.findall(r"^export (\w+)=(.*)$", setting(program, model), re.MULTILINE))
