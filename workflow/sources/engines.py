"""The kinds of database that can be a source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.duckdb import DUCKDB
from queryexpr.dialects.mysql import MYSQL
from queryexpr.dialects.postgres import POSTGRES
from queryexpr.dialects.sqlite import SQLITE
from workflow.sources import places
from workflow.sources.places import Wrong

_PARTS = "workflow.sources."


@dataclass(frozen=True, slots=True)
class Engine:
    """One kind. `module` has `opened(job)`, and is loaded only where a source is touched.

    `place` reads the URL and raises Wrong. A server has its usual `port`; for a file it is 0.
    `schema` is that of tables whose names have none; it is empty where no name has one.
    `package` is imported by `module`; `extra` installs it with the portal. `memory` is the size of
    the addresses of a process that touches a source, in bytes. Names are between two of `quote`.
    """

    dialect: Dialect
    schemes: tuple[str, ...]
    place: Callable[[str], dict[str, str]]
    module: str
    port: int = 0
    schema: str = ""
    package: str = ""
    extra: str = ""
    memory: int = 1 << 30
    quote: str = '"'

    def connection(self) -> Any:
        """Return the module that opens a source."""
        return import_module(self.module)

    def check_installed(self) -> None:
        """Raise Wrong if its package is not installed."""
        if self.package and not find_spec(self.package):
            raise Wrong(
                f"This needs the package {self.package}, which is not installed."
                f" Install it where the portal runs: pip install 'aimodels[{self.extra}]'."
            )


_ALL = (
    Engine(SQLITE, ("sqlite",), places.file, _PARTS + "sqlite.connection"),
    Engine(
        DUCKDB, ("duckdb",), places.file, _PARTS + "duckdb.connection",
        schema="main", package="duckdb", extra="duckdb", memory=4 << 30,  # of which it uses little
    ),
    Engine(
        POSTGRES, ("postgres", "postgresql"), places.postgres, _PARTS + "postgres.connection",
        port=5432, schema="public",
    ),
    Engine(
        MYSQL, ("mysql", "mariadb"), places.mysql, _PARTS + "mysql.connection",
        port=3306, package="pymysql", extra="mysql", quote="`",
    ),
)  # fmt: skip
ENGINES = {engine.dialect.name: engine for engine in _ALL}
BY_SCHEME = {scheme: engine for engine in _ALL for scheme in engine.schemes}


def named(name: str, dialect: str) -> tuple[str, str]:
    """Return the schema and the table that a name in the file means."""
    default = ENGINES[dialect].schema
    schema, dot, table = name.partition(".")
    return (schema, table) if default and dot else (default, name)
