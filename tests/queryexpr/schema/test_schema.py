"""A schema is read from what people have at hand: dumps in several dialects, or JSON."""

from __future__ import annotations

import time

import pytest

from queryexpr.schema.checks import MAX_BYTES, MAX_TABLES
from tests.queryexpr.schema.schemas import SHOP, codes, lines, read, refusal

PG_DUMP = r"""
\restrict x's
SET client_encoding = 'UTF8';
CREATE FUNCTION f() RETURNS text AS $$ CREATE TABLE no (a int); $$ LANGUAGE sql;
CREATE TABLE public.film (
    film_id integer DEFAULT nextval('public.film_seq'::regclass) NOT NULL,
    tags text[],
    seen timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT year CHECK (((year >= 1901) AND (year <= 2155)))
);
CREATE TABLE public.film_2020 PARTITION OF public.film FOR VALUES IN (2020);
COPY public.film (film_id, tags) FROM stdin;
1	it's; CREATE TABLE no (a int);
\.
ALTER TABLE ONLY public.film ADD CONSTRAINT film_pkey PRIMARY KEY (film_id);
"""

MYSQLDUMP = """
/*!40101 SET NAMES utf8 */;
CREATE TABLE `actor` (
  `actor_id` smallint(5) unsigned NOT NULL AUTO_INCREMENT COMMENT 'the ''number''',
  `rating` enum('G','pg') CHARACTER SET utf8mb4 DEFAULT 'G', # a remark
  `film` int DEFAULT NULL,
  PRIMARY KEY (`actor_id`), UNIQUE KEY `u` (`rating`(10)), KEY `i` (`film`),
  FULLTEXT KEY `ft` (`rating`),
  CONSTRAINT `fk` FOREIGN KEY (`film`) REFERENCES `actor` (`actor_id`) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='who plays';
INSERT INTO `actor` VALUES (1,'it\\'s; CREATE TABLE x (a int)',NULL);
"""

TSQL = """
SET ANSI_NULLS ON
GO
CREATE PROCEDURE p AS BEGIN
CREATE TABLE no (a int); END
GO
CREATE TABLE [dbo].[Orders](
  [Order ID] [int] IDENTITY(1,1) NOT NULL,
  [Name] [nvarchar](max) COLLATE Latin1_General_CI_AS NULL,
  [Twice] AS ([Order ID]*(2)) PERSISTED,
 CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([Order ID] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY]
CREATE TABLE Items (item INT FOREIGN KEY REFERENCES dbo.Orders ([Order ID]))
GO
"""

ORACLE = """
CREATE TABLE "HR"."EMPLOYEES" (
  "ID" NUMBER(6,0), "NAME" VARCHAR2(20 BYTE) CONSTRAINT "N" NOT NULL ENABLE,
  CONSTRAINT "PK" PRIMARY KEY ("ID") USING INDEX STORAGE(INITIAL 65536) ENABLE
) SEGMENT CREATION IMMEDIATE PCTFREE 10;
"""


def test_names_types_keys_and_comments_are_read() -> None:
    catalogue, issues = read(SHOP)
    assert issues == ()
    assert lines(catalogue) == [
        ("id", "INTEGER", False, True),
        ("name", "VARCHAR(20)", False, False),
        ("id", "INTEGER", False, True),
        ("customer_id", "INT", True, False),
        ("placed at", "TIMESTAMP", True, False),
        ("total", "NUMERIC(10,2)", True, False),
    ]
    order = catalogue.tables[1]
    assert order.quoted
    assert order.columns[0].comment == "its number"
    assert [column.quoted for column in order.columns] == [False, False, True, False]


def test_a_foreign_key_without_columns_references_the_primary_key() -> None:
    key = read(SHOP)[0].tables[1].foreign_keys[0]
    assert (key.columns, key.table, key.references) == (("customer_id",), "customer", ("id",))


def test_a_dump_of_postgres_is_read() -> None:
    catalogue, issues = read(PG_DUMP, "postgres")
    assert lines(catalogue) == [
        ("film_id", "INTEGER", False, True),
        ("tags", "TEXT[]", True, False),
        ("seen", "TIMESTAMP WITH TIME ZONE", False, False),
    ]
    assert [(table.schema, table.name) for table in catalogue.tables] == [("public", "film")]
    assert codes(issues) == [("ddl_ignored", "warning")]
    assert "ALTER TABLE" not in issues[0].message


def test_a_dump_of_mysql_is_read() -> None:
    catalogue, issues = read(MYSQLDUMP, "mysql")
    assert lines(catalogue) == [
        ("actor_id", "SMALLINT(5) UNSIGNED", False, True),
        ("rating", "ENUM('G','pg')", True, False),
        ("film", "INT", True, False),
    ]
    (actor,) = catalogue.tables
    assert (actor.comment, actor.columns[0].comment) == ("who plays", "the 'number'")
    assert actor.foreign_keys[0].references == ("actor_id",)
    assert "INSERT (1)" in issues[0].message


def test_a_script_of_sql_server_is_read_without_semicolons() -> None:
    catalogue, _ = read(TSQL, "tsql")
    assert lines(catalogue) == [
        ("Order ID", "INT", False, True),
        ("Name", "NVARCHAR(MAX)", True, False),
        ("Twice", "", True, False),
        ("item", "INT", True, False),
    ]
    assert catalogue.tables[1].foreign_keys[0].table == "Orders"


def test_a_script_of_oracle_is_read() -> None:
    catalogue, issues = read(ORACLE, "oracle")
    assert issues == ()
    assert lines(catalogue) == [
        ("ID", "NUMBER(6,0)", False, True),
        ("NAME", "VARCHAR2(20 BYTE)", False, False),
    ]


TWO = "CREATE TABLE a (id INT, x INT); CREATE TABLE b (id INT, a_id INT, c INT);"
ADDED = {
    "postgres": """ALTER TABLE ONLY public.a ADD CONSTRAINT a_pkey PRIMARY KEY (id);
      ALTER TABLE IF EXISTS ONLY b ADD CONSTRAINT "add" FOREIGN KEY (a_id) REFERENCES public.a(id)
        ON UPDATE CASCADE DEFERRABLE NOT VALID;""",
    "mysql": """ALTER TABLE `a` ADD PRIMARY KEY (`id`), ADD KEY `x` (`x`);
      ALTER TABLE `b` ADD KEY `k` (`c`), ADD CONSTRAINT `fk` FOREIGN KEY (`a_id`) REFERENCES `a` (`id`);""",
    "tsql": """ALTER TABLE [dbo].[a] ADD CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([id] ASC) ON [PRIMARY]
      \nGO\nALTER TABLE [dbo].[b] WITH CHECK ADD CONSTRAINT [FK] FOREIGN KEY([a_id])
      REFERENCES [dbo].[a] ([id])\nGO\nALTER TABLE [dbo].[b] CHECK CONSTRAINT [FK]""",
    "oracle": """ALTER TABLE "A" ADD CONSTRAINT "PK" PRIMARY KEY ("ID") USING INDEX ENABLE;
      ALTER TABLE B ADD FOREIGN KEY (A_ID) REFERENCES A ENABLE;""",
    "sqlite": "ALTER TABLE a ADD PRIMARY KEY (id), CONSTRAINT u UNIQUE (x);"
    " ALTER TABLE b ADD CONSTRAINT u UNIQUE (c), CONSTRAINT f FOREIGN KEY (a_id) REFERENCES a;",
}  # fmt: skip


@pytest.mark.parametrize("dialect", ADDED)
def test_alter_table_adds_keys(dialect: str) -> None:
    catalogue, issues = read(TWO + ADDED[dialect], dialect)
    assert [table.primary_key for table in catalogue.tables] == [("id",), ()]
    (key,) = catalogue.tables[1].foreign_keys
    assert (key.columns, key.table, key.references) == (("a_id",), "a", ("id",))
    assert codes(issues) == ([("ddl_ignored", "warning")] if dialect == "tsql" else [])


def test_alter_table_may_precede_its_table_and_name_a_schema() -> None:
    text = "ALTER TABLE two.t ADD PRIMARY KEY (b); ALTER TABLE t ADD PRIMARY KEY (a);"
    text += "CREATE TABLE one.t (a INT, b INT); CREATE TABLE two.t (a INT, b INT)"
    assert [table.primary_key for table in read(text)[0].tables] == [("a",), ("b",)]


@pytest.mark.parametrize(
    "order",
    [
        "ALTER TABLE nowhere ADD PRIMARY KEY (id)",
        "ALTER TABLE a ADD COLUMN y INT",
        "ALTER TABLE a OWNER TO PRIMARY KEY",
        "ALTER TABLE a ALTER COLUMN id SET DEFAULT 1, DROP CONSTRAINT p, DISABLE KEYS",
        "ALTER TABLE a ADD PRIMARY KEY (id",
        "ALTER TABLE a ADD PRIMARY KEY 'x",
        "ALTER TABLE",
        "ALTER TABLE a ADD",
        "ALTER INDEX a ADD PRIMARY KEY (id)",
    ],
)
def test_alter_table_without_a_key_or_of_an_unknown_table_is_ignored(order: str) -> None:
    catalogue, (issue,) = read(f"{TWO} {order}")
    assert [table.primary_key for table in catalogue.tables] == [(), ()]
    assert issue.code == "ddl_ignored"
    assert f"{' '.join(order.split()[:2])} (1)" in issue.message


def test_a_key_of_unknown_columns_is_ignored() -> None:
    keys = "ALTER TABLE b ADD FOREIGN KEY (zz) REFERENCES a (id), ADD PRIMARY KEY (zz);"
    catalogue, issues = read(TWO + keys)
    assert catalogue.tables[1].foreign_keys == ()
    assert catalogue.tables[1].primary_key == ()
    assert codes(issues) == [("foreign_key_ignored", "warning")]


@pytest.mark.parametrize(
    "unit",
    ["(", "ONLY ", "ADD ", ",", ".a", "ADD PRIMARY KEY (id), ", "CONSTRAINT x ", "ADD FOREIGN KEY ",
     "ADD FOREIGN KEY (x) REFERENCES a (id), ", "; ALTER TABLE a ADD PRIMARY KEY (x)"],
)  # fmt: skip
@pytest.mark.parametrize("dialect", ["tsql", "postgres", "mysql"])
@pytest.mark.long
def test_alter_table_is_read_in_linear_time(unit: str, dialect: str) -> None:
    times = []
    for size in (50_000, 400_000):
        text = f"{TWO} ALTER TABLE a {unit * (size // len(unit))}"
        began = time.process_time()
        assert len(read(text, dialect)[0].tables) == 2
        times.append(time.process_time() - began)
    assert times[1] < 24 * times[0] + 1  # eight times the text: a square would be 64 times


def test_commas_in_a_type_do_not_end_a_column() -> None:
    text = "CREATE TABLE `p.d.t` (a ARRAY<STRUCT<x INT64, y STRING>>, b INT64 NOT NULL)"
    catalogue, _ = read(text, "bigquery")
    assert lines(catalogue)[0][:2] == ("a", "ARRAY<STRUCT<x INT64,y STRING>>")
    assert (catalogue.tables[0].schema, catalogue.tables[0].name) == ("d", "t")


def test_a_column_may_be_called_key() -> None:
    catalogue, _ = read("CREATE TABLE t (key VARCHAR(9), index TEXT, period INT)", "postgres")
    assert [line[0] for line in lines(catalogue)] == ["key", "index", "period"]


def test_a_broken_statement_is_an_error_with_a_line_and_the_rest_is_read() -> None:
    text = "CREATE TABLE a (x INT);\nCREATE TABLE b (\n  x INT\n  y INT);\nCREATE TABLE c (z INT)"
    catalogue, (issue,) = read(text)
    assert catalogue.names == ("a", "c")
    assert (issue.code, issue.severity, issue.line, issue.column) == ("ddl_syntax", "error", 4, 3)
    assert issue.message == "A comma is missing before 'y'."


@pytest.mark.parametrize("body", ["(a INT", "(a INT, (b) INT)", "(a TEXT DEFAULT 'x)", '("" INT)'])
def test_an_unreadable_line_of_a_table_is_an_error(body: str) -> None:
    text = f"CREATE TABLE good (a INT);\nCREATE TABLE t {body};"
    catalogue, issues = read(text)
    assert catalogue.names == ("good",)
    assert [(issue.code, issue.line) for issue in issues] == [("ddl_syntax", 2)]


def test_other_statements_are_named_in_one_warning() -> None:
    text = (
        f"BEGIN; {SHOP} CREATE INDEX i ON customer (id); CREATE VIEW v AS SELECT 1; hello; COMMIT;"
    )
    _, (issue,) = read(text)
    assert (issue.code, issue.severity) == ("ddl_ignored", "warning")
    for part in ("BEGIN (1)", "CREATE INDEX (1)", "CREATE VIEW (1)", "other (1)", "COMMIT (1)"):
        assert part in issue.message


def test_a_duplicate_is_an_error_and_the_first_is_kept() -> None:
    text = (
        "CREATE TABLE t (a INT, b INT, A TEXT); CREATE TABLE T (c INT); CREATE TABLE u AS SELECT 1"
    )
    catalogue, issues = read(text)
    assert lines(catalogue) == [("a", "INT", True, False), ("b", "INT", True, False)]
    assert codes(issues) == [
        ("duplicate_column", "error"),
        ("duplicate_table", "error"),
        ("no_columns", "error"),
    ]


@pytest.mark.parametrize("target", ["tt (b)", "t (c)", "t", "t (a, b)"])
def test_a_foreign_key_to_a_missing_table_or_column_is_dropped_with_a_warning(target: str) -> None:
    catalogue, issues = read(f"CREATE TABLE t (a INT REFERENCES {target}, b INT)")
    assert catalogue.tables[0].foreign_keys == ()
    assert codes(issues) == [("foreign_key_ignored", "warning")]


def test_a_foreign_key_looks_in_its_own_schema_first() -> None:
    text = "CREATE TABLE a.t (x INT PRIMARY KEY); CREATE TABLE b.t (y INT PRIMARY KEY);"
    catalogue, _ = read(f"{text} CREATE TABLE b.u (y INT REFERENCES t)")
    key = catalogue.tables[2].foreign_keys[0]
    assert (key.table, key.references) == ("b.t", ("y",))


@pytest.mark.parametrize("text", ["", "SELECT 1", "Tell me about ships", "```sql\n```"])
def test_a_text_without_a_table_is_refused_with_an_example(text: str) -> None:
    first = refusal(text)[0]
    assert first.code == "no_tables"
    assert "CREATE TABLE customer" in first.message


def test_a_schema_that_is_too_large_is_refused() -> None:
    columns = ",".join(f"c{number} INT" for number in range(20_001))
    tables = "CREATE TABLE t (a INT);" * (MAX_TABLES + 1)
    for text in (" " * (MAX_BYTES + 1), f"CREATE TABLE t ({columns})", tables):
        assert refusal(text)[0].code == "schema_too_large"


@pytest.mark.parametrize(
    "unit", ["(", "[", "'", '"', "/*", "$a$ ", ",", ".a", "COPY a FROM stdin\n"]
)
@pytest.mark.parametrize("dialect", ["tsql", "postgres", "mysql"])
def test_any_text_is_read_in_linear_time(unit: str, dialect: str) -> None:
    text = f"CREATE TABLE t (a INT {unit * (100_000 // len(unit))}"
    began = time.process_time()
    assert refusal(text, dialect)[0].code == "no_tables"
    assert time.process_time() - began < 5
