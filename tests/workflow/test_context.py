"""What the workflow's page shows, without a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queryexpr.dialects.all import DIALECTS, NAMES
from workflow.page import sql_html


@pytest.mark.parametrize("dialect", NAMES)
def test_sql_of_each_dialect_is_coloured(dialect: str) -> None:
    made = sql_html.highlighted("SELECT name FROM t WHERE a < 1", dialect)
    assert '<span class="k">SELECT</span>' in made
    assert "&lt;" in made


def test_sql_without_a_lexer_stays_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    dialect = replace(DIALECTS["oracle"], lexer="no-such-lexer")
    monkeypatch.setitem(DIALECTS, "oracle", dialect)
    assert sql_html.highlighted("SELECT 1 < 2", "oracle") == "SELECT 1 &lt; 2"
