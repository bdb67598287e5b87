"""Models that do not answer where others may."""

from __future__ import annotations

import time
from typing import Any

from faults.case import Case, promise
from faults.cases.setups import ONE
from faults.provider import HOLD
from faults.site import Site


def answered_by_another(site: Site, model: str, because: str) -> Any:
    answer = site.portal.chat(model=model, fallback=True)
    promise(answer.status_code == 200, f"{answer.status_code}: {answer.text[:200]}")
    resolution = answer.json()["resolution"]
    found = (resolution["resolved_by"], resolution["id"], resolution["because"])
    promise(found == ("fallback", "fake:talker", because), resolution)
    return resolution


def hangs(site: Site) -> None:
    site.fake.plays["hold"] = (HOLD,)
    with site.detects(1):
        text = site.portal.chat(model="hung:hold", fallback=True, stream=True).text
    promise(
        '"because":"provider_timeout"' in text.replace(" ", "") and "[DONE]" in text, text[:300]
    )


def refuses(site: Site) -> None:
    with site.detects(1):
        answered_by_another(site, "dead:spared", "provider_unreachable")
    alone = site.portal.chat(model="dead:spared")
    promise(alone.status_code == 502, "another answers although the caller did not ask for it")


def skipped(site: Site) -> None:
    end = time.monotonic() + 10
    while (
        site.portal.chat(model="dead:spared", fallback=True).json()["resolution"]["because"]
        != "skipped"
    ):
        promise(time.monotonic() < end, "it is not skipped after 10 s of failures")
    with site.detects(0.5):
        answered_by_another(site, "dead:spared", "skipped")
    promise(
        site.portal.chat(model="dead:gone").status_code == 502, "it is skipped with nothing else"
    )


PAGE = "docs/fallback.md"
CASES = [
    Case("B1", "a model with a fallback hangs", "another answers after `first_byte` (1 s), and the answer says so", PAGE, hangs, ONE),
    Case("B2", "a model with a fallback is unreachable", "another answers, if the caller said so", PAGE, refuses, ONE),
    Case("B3", "a provider fails again and again", "it is skipped where another can answer, and only there", PAGE, skipped, ONE),
]  # fmt: skip
