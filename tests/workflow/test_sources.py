"""The file that lists data sources: what it may say, and who sees what it lists."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from core.access import Access
from core.errors import ConfigError, PortalError
from workflow.sources.config import load as config
from workflow.sources.source import Sources

SALES = "postgres://reader:pa55-w0rd@db.internal:5432/sales?sslmode=require"
GOOD = """
sources:
  sales:
    url: ${SALES_URL}
    title: Sales
    groups: [analysts, managers]
    tables: [customer, archive.invoice]
    local_only: true
    run: true
    seconds: 5
    rows: 100
  stock:
    url: sqlite:////srv/stock%20room.db
    groups: [store]
    tables: [item]
"""


def read(text: str, **environ: str) -> Sources:
    return config.read(textwrap.dedent(text).encode(), {"SALES_URL": SALES, **environ})


def problems(text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text, **environ)
    return str(caught.value).splitlines()


def section(fields: str, url: str = "${SALES_URL}") -> str:
    return f"sources:\n  sales: {{url: '{url}', groups: [a], tables: [b], {fields}}}\n"


# ── Reading ─────────────────────────────────────────────────────────────────────────────────


def test_a_good_file_is_read() -> None:
    sales, stock = read(GOOD).all.values()
    assert (sales.dialect, sales.title, sales.seconds, sales.rows) == ("postgres", "Sales", 5, 100)
    assert sales.address.place["dbname"] == "sales"
    assert (stock.dialect, stock.title, stock.seconds, stock.rows) == ("sqlite", "stock", 10, 1000)
    assert stock.address.place == {"path": "/srv/stock room.db"}


def test_queries_are_not_run_unless_the_file_says_so() -> None:
    assert [one.run for one in read(GOOD).all.values()] == [True, False]


def test_columns_whose_values_may_be_shown_are_named_with_their_listed_table() -> None:
    columns = (
        "{customer.status: {values: true}, archive.invoice.a.b: {values: true}, customer.x: {}}"
    )
    text = GOOD.replace("    seconds: 5\n", f"    columns: {columns}\n")
    sales, stock = read(text).all.values()
    assert sales.values == (("customer", "status"), ("archive.invoice", "a.b"))
    assert stock.values == ()


def test_without_a_file_there_are_no_sources(settings: Any) -> None:
    settings.SOURCES_FILE = ""
    assert config.load().visible(Access()) == []


def test_the_file_is_read_where_the_setting_says(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SOURCES_FILE = str(tmp_path / "ours.yaml")
    monkeypatch.setenv("SALES_URL", SALES)
    (tmp_path / "ours.yaml").write_text(GOOD)
    assert [*config.load().all] == ["sales", "stock"]


def test_a_file_that_is_not_there_stops_the_start(settings: Any, tmp_path: Path) -> None:
    settings.SOURCES_FILE = str(tmp_path / "ours.yaml")
    with pytest.raises(ConfigError, match=r"^ours\.yaml  There is no such file"):
        config.load()


# ── Mistakes ────────────────────────────────────────────────────────────────────────────────


def test_every_mistake_is_told_in_one_pass() -> None:
    assert problems("""
        sources:
          Sales:
            url: ${NOWHERE}
            group: [a]
            tables: ["*"]
            rows: many
          stock:
            groups: []
            tables: [item, item, sqlite_master]
            url: sqlite:////srv/stock.db
    """) == [
        "sources.yaml:3:3  'Sales' is not a valid name for a source. Use 1 to 32 of a-z, 0-9, _ and -; begin with a letter.",
        "sources.yaml:4:10  The variable NOWHERE is not set. Set it where the portal starts, or delete the source.",
        "sources.yaml:5:5  'group' is not a key here. Did you mean 'groups'? Known: url, title, groups, tables, local_only, run, auto_run, seconds, rows, columns.",
        "sources.yaml:6:14  List the tables by name; '*' is not a name.",
        "sources.yaml:7:11  This must be a whole number.",
        "sources.yaml:9:13  This list must not be empty.",
        "sources.yaml:10:20  'item' appears twice here. Keep one.",
        "sources.yaml:10:26  'sqlite_master' is a system table. List only your own tables.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1  The file is empty. It must begin with `sources:`."),
        ("source: {}", "1:1  'source' is not a key here. Did you mean 'sources'? Known: sources."),
        ("sources:", "1:1  No source is listed. List one, or leave SOURCES_FILE empty."),
        ("sources: [a]", "1:10  This must be a mapping: lines of `name: {url: …}`."),
        ("sources: {a: 1}", "1:14  This must be a mapping: lines of `key: value`."),
        (section("title: "), "'title' has no value. Give it one, or delete the line."),
        (section("title: '${A}'"), "${…} is replaced only in url."),
        (section("seconds: 0"), "This must be at least 0.1."),
        (section("run: yes"), "This must be true or false."),
        (
            section("auto_run: true"),
            "Nothing is run on this source. Add run: true, or remove auto_run.",
        ),
        (section("columns: {c.d: {values: true}}"), "'c.d' is no column of a listed table."),
        (section("columns: {b: {values: true}}"), "'b' is no column of a listed table."),
        (section("columns: {b.d: {value: true}}"), "Did you mean 'values'? Known: values."),
        (section("columns: {b.d: {values: 1}}"), "This must be true or false."),
        (section("columns: [b.d]"), "This must be a mapping"),
        (section("tables: []"), "'tables' appears twice, first on line 2. Keep one."),
    ],
)
def test_a_mistake_is_told_with_its_remedy(text: str, said: str) -> None:
    assert any(said in line for line in problems(text)), problems(text)


@pytest.mark.parametrize("name", ["", " a", "a\\nb", "a" * 129])
def test_a_table_that_no_query_can_name_is_told(name: str) -> None:
    text = GOOD.replace("tables: [item]", f'tables: ["{name}"]')
    (line,) = problems(text)
    assert "A table's name has 1 to 128 characters, without spaces at its ends" in line


@pytest.mark.parametrize("key", ["groups", "tables", "url"])
def test_a_source_names_its_groups_and_tables(key: str) -> None:
    kept = [line for line in GOOD.splitlines() if f"    {key}:" not in line]
    assert [f"'{key}' is missing." in line for line in problems("\n".join(kept))] == [True, True]


@pytest.mark.parametrize(
    "url",
    [
        "postgres://reader:hunter2@db/sales",
        "postgresql://reader:${PW:-hunter2}@db/sales",
        "postgres://reader:${PW}hunter2@db/sales",
        "postgres://db/sales?user=reader&password=hunter2",
        "${NAME}:hunter2@db/sales",
        "mysql://reader:hunter2@db/sales",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(url: str) -> None:
    (said,) = problems(section("run: true", url), PW="x", NAME="y")
    assert "Put the URL, or the password, into a variable" in said
    assert "hunter2" not in said


def test_a_password_may_be_a_variable_in_a_url() -> None:
    url = "postgres://reader:${PW}@db/sales"
    assert read(section("run: true", url), PW="s3cret").all["sales"].address.place == {
        "user": "reader", "password": "s3cret", "host": "db", "dbname": "sales",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://reader:hunter2@db", "Name the user, the host and the database: postgres://"),
        ("postgres://reader:hunter2@db/sales?options=-c%20a%3Db", "'options' cannot be set in"),
        ("postgres://reader:hunter2@db/sales?hunter2=1", "This is not a URL"),
        ("oracle://reader:hunter2@db/sales", "A source cannot be of the kind oracle. Write post"),
        ("mssql://reader:hunter2@db/sales", "A source cannot be of the kind mssql. Write postgres"),
        ("hunter2://db/sales", "This is not a URL"),
        ("mysql://reader:hunter2@db", "Name the user, the host and the database: mysql://"),
        ("mysql://reader:hunter2@db/sales?local_infile=1", "'local_infile' cannot be set in"),
        ("mysql://reader:hunter2@db/sales?sslmode=no", "'sslmode' is one of"),
        ("mysql://reader:hunter2@db:port/sales", "This is not a URL"),
        ("duckdb:///hunter2.duckdb", "four slashes"),
        ("sqlite:///hunter2.db", "four slashes"),
        ("sqlite:////srv/hunter2.db?mode=rw", "must end before '?'"),
        ("postgres://hunter2@db/sales\n", "holds a line break"),
    ],
)
def test_what_is_wrong_with_a_variables_url_is_told_without_it(url: str, said: str) -> None:
    (line,) = problems(section("run: true"), SALES_URL=url)
    assert said in line
    assert "hunter2" not in line


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.sources.engines.find_spec", lambda name: None)
    for url, extra in (("mysql://reader@db/sales", "mysql"), ("duckdb:////srv/a.db", "duckdb")):
        (line,) = problems(section("run: true"), SALES_URL=url)
        assert f"pip install 'aimodels[{extra}]'" in line
    assert read(section("run: true"), SALES_URL="sqlite:////srv/a.db").all


# ── Who sees what ───────────────────────────────────────────────────────────────────────────


def test_a_source_is_seen_by_its_groups_and_by_superusers() -> None:
    sources = read(GOOD)
    assert [one.name for one in sources.visible(Access(frozenset({"analysts"})))] == ["sales"]
    assert [one.name for one in sources.visible(Access())] == ["sales", "stock"]
    assert sources.visible(Access(frozenset())) == []


def test_a_source_that_is_not_for_you_is_told_like_one_that_is_not_there() -> None:
    def told(sources: Sources) -> PortalError:
        with pytest.raises(PortalError) as caught:
            sources.get("stock", Access(frozenset({"analysts"})))
        return caught.value

    hidden, absent = told(read(GOOD)), told(read(GOOD.partition("  stock:")[0]))
    assert hidden.message == absent.message == "There is no data source 'stock' for you."
    assert (hidden.code, hidden.param) == (absent.code, absent.param) == ("not_found", "schema")


def test_a_misspelt_source_is_suggested_among_those_that_are_seen() -> None:
    with pytest.raises(PortalError, match=r"Did you mean 'sales'\?"):
        read(GOOD).get("sale", Access(frozenset({"analysts"})))
    with pytest.raises(PortalError, match=r"'sale' for you\.$"):
        read(GOOD).get("sale", Access(frozenset({"store"})))


def test_a_source_shows_no_secret() -> None:
    sales = read(GOOD).all["sales"]
    for secret in ("pa55-w0rd", "db.internal", "reader"):
        assert secret not in repr(sales)
        assert secret not in sales.scrub(f'host "db.internal", role "reader": {SALES} pa55-w0rd')
