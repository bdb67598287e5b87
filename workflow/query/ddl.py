"""
CREATE TABLE statements → catalogue. Nothing of the text is ever executed.

Dumps have clauses that no parser of SQL knows all of, and only names, types, keys and comments are
wanted. So the text is cut into tokens once, by one pattern, and read in loops: what is not known is
passed over, each statement stands for itself, time is linear and nothing recurses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from workflow.query.catalogue import Catalogue, Column, ForeignKey, Table
from workflow.query.dialects import Dialect
from workflow.query.issues import Issue, Refused
from workflow.query.lift import placed
from workflow.query.schema_json import MOST_ISSUES, Path, check_size, checked, fault

LONGEST = 512 * 1024  # bytes


def read_ddl(text: str, dialect: Dialect) -> tuple[Catalogue, tuple[Issue, ...]]:
    """Return the tables that `text` creates, and what in it is wrong or was not read.

    A statement with an error is left out, and the rest counts. Raises Refused if no table is left
    or the text is too long.
    """
    size = len(text.encode(errors="replace"))
    if size > LONGEST:
        message = f"The schema has {size:,} bytes; {LONGEST:,} are allowed. Leave out the data."
        raise Refused(Issue("schema_too_large", message))
    try:
        drafts, issues = _drafts(text, dialect)
        catalogue, more = _checked(drafts, issues)
    except Refused as refused:
        raise Refused(*_placed(refused.issues, text)) from None
    return catalogue, _placed((*more, *issues), text)


def _checked(drafts: list[_Draft], issues: list[Issue]) -> tuple[Catalogue, tuple[Issue, ...]]:
    def at(path: Path) -> dict[str, Any]:
        return {"line": drafts[int(path[1])].places[path[2:]]}

    try:
        return checked([draft.table for draft in drafts], at)
    except Refused as refused:
        raise Refused(*refused.issues, *issues) from None


def _placed(issues: Sequence[Issue], text: str) -> tuple[Issue, ...]:
    """Turn offsets into lines and columns, errors first; `no_tables` has no place."""
    ordered = sorted(issues, key=lambda issue: issue.severity != "error")[:MOST_ISSUES]
    return tuple(issue if issue.line is None else placed(issue, text) for issue in ordered)


# ── Tokens and statements ───────────────────────────────────────────────────────────────────


class Token(NamedTuple):
    """`kind` is the name of a group of the pattern; `start` an offset into the text."""

    kind: str
    raw: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.raw)

    @property
    def word(self) -> str:
        """The word or mark in capitals; empty for what is quoted."""
        return self.raw.upper() if self.kind in ("word", "mark") else ""

    @property
    def name(self) -> str:
        """What it names, or says, without its quotes."""
        if self.kind not in ("quoted", "string"):
            return self.raw
        quote = self.raw[-1]
        return self.raw[1:-1].replace(quote * 2, quote).replace(f"\\{quote}", quote)


# Each repetition is possessive or ends with the text too: no input makes the search start over.
_TABLE = r"""CREATE\s++(?:(?:OR\s++REPLACE|GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|TRANSIENT|EXTERNAL
    |FOREIGN|HYBRID)\s++){0,3}TABLE\b(?:\s++IF\s++NOT\s++EXISTS\b)?"""
_LINES = r"""(?P<line>^[ \t]*+(?=CREATE)TABLE_)|(?P<create>TABLE_)
    |(?P<other>^\\[^\n]*+|^COPY\b[^\n]*\bFROM[ \t]+STDIN\b[^\n]*+(?s:.*?)(?:^\\\.|\Z)
        |^DELIMITER[ \t]+(?!;)\S++(?s:.*?)(?:^DELIMITER[ \t]*;|\Z)ROUTINE_)""".replace(
    "TABLE_", _TABLE
)
_ROUTINE = r"""|^[ \t]*+CREATE[ \t]++(?:OR[ \t]++ALTER[ \t]++)?(?:PROC|PROCEDURE|FUNCTION|TRIGGER)\b
    (?s:.*?)(?=^[ \t]*+GO[ \t]*+;?[ \t]*+$|\Z)"""
_GO = r"|(?P<go>^[ \t]*+GO[ \t]*+\d*+[ \t]*+;?[ \t]*+$)"
_BLANK = r"|(?P<blank>\n++|[^\S\n]++|--[^\n]*+|/\*(?s:.*?)(?:\*/|\Z)|^```[^\n]*+HASH_)"
_DOLLAR = r"|(?P<dollar>\$(?P<tag>\w*+)\$(?s:.*?)(?:\$(?P=tag)\$|\Z))"
_REST = r"|(?P<open>['\"`](?s:.*))|(?P<word>[\w@$\#]++)|(?P<mark>.)"
_BACKSLASH = ("mysql", "bigquery", "snowflake")


@cache
def _tokens(dialect: str) -> re.Pattern[str]:
    """Return the pattern of a token, by how the dialect quotes and comments."""
    tsql, dollars = dialect == "tsql", dialect in ("postgres", "duckdb", "snowflake")
    lines = _LINES.replace("ROUTINE_", _ROUTINE if tsql else "")
    blank = _BLANK.replace("HASH_", r"|\#[^\n]*+" if dialect in ("mysql", "bigquery") else "")
    any_ = r"(?s:\\.)|" if dialect in _BACKSLASH else ""
    not_ = r"\\" if any_ else ""
    string = rf"|(?P<string>'(?:[^'{not_}]++|{any_}'')*+')"
    quoted = rf'|(?P<quoted>"(?:[^"{not_}]++|{any_}"")*+"|`(?:[^`]++|``)*+`'
    quoted += r"|\[[^\[\]\n]*+(?:\]\][^\[\]\n]*+)*+\])" if dialect in ("tsql", "sqlite") else ")"
    parts = (lines, _GO if tsql else "", blank, _DOLLAR if dollars else "", string, quoted, _REST)
    return re.compile("".join(parts), re.IGNORECASE | re.MULTILINE | re.VERBOSE | re.DOTALL)


def _statements(text: str, dialect: Dialect) -> Iterator[list[Token]]:
    """Cut at semicolons, and before CREATE TABLE at a line's start, where one may be missing."""
    statement: list[Token] = []
    for found in _tokens(dialect.name).finditer(text):
        token = Token(found.lastgroup or "", found.group(), found.start())
        if token.kind == "blank":
            continue
        ends = token.kind == "go" or token.raw == ";"
        if statement and (ends or token.kind in ("line", "other") or statement[-1].kind == "other"):
            yield statement
            statement = []
        if not ends:
            statement.append(token)
    if statement:
        yield statement


def _is_partition(statement: list[Token]) -> bool:
    """Say whether it creates a part of a table that stands elsewhere, as PostgreSQL's dumps do."""
    return ("PARTITION", "OF") in pairwise(token.word for token in statement[:8])


def _drafts(text: str, dialect: Dialect) -> tuple[list[_Draft], list[Issue]]:
    drafts: list[_Draft] = []
    issues: list[Issue] = []
    passed: list[list[Token]] = []
    for statement in _statements(text, dialect):
        if statement[0].kind not in ("line", "create") or _is_partition(statement):
            passed.append(statement)
            continue
        try:
            drafts.append(_draft(statement, text, dialect))
        except Refused as refused:
            issues += refused.issues
        check_size(len(drafts), 0)
    return drafts, issues + _ignored(passed)


# ── What was not read ───────────────────────────────────────────────────────────────────────

_OBJECTS = frozenset(
    "DATABASE DOMAIN EXTENSION FUNCTION INDEX POLICY PROCEDURE ROLE RULE SCHEMA SEQUENCE TABLE"
    " TRIGGER TYPE USER VIEW VIRTUAL".split()
)
_VERBS = frozenset(
    "ALTER ANALYZE BEGIN COMMENT COMMIT COPY CREATE DELETE DELIMITER DROP END EXEC GRANT INSERT"
    " LOCK PRAGMA PRINT REVOKE ROLLBACK SELECT SET START UNLOCK UPDATE USE WITH".split()
)


def _ignored(statements: list[list[Token]]) -> list[Issue]:
    """Return one warning for all of them."""
    named = [(label, tokens) for tokens in statements if (label := _label(tokens))]
    if not named:
        return []
    counted = Counter(label for label, _ in named).most_common()
    listed = ", ".join(f"{label} ({number})" for label, number in counted)
    message = f"Only CREATE TABLE is read. Ignored: {listed}."
    if any(label == "ALTER TABLE" and _adds_key(tokens) for label, tokens in named):
        message += " Keys that ALTER TABLE adds do not count: write them into CREATE TABLE."
    if any(label == "CREATE VIEW" for label, _ in named):
        message += " To ask about a view, describe it as a table."
    return [Issue("ddl_ignored", message, "warning", line=named[0][1][0].start)]


def _label(tokens: list[Token]) -> str:
    """Return what kind of statement it is; empty for one without words."""
    beginning = " ".join(token.raw[:40] for token in tokens[:8]).upper()
    first, *others = re.findall(r"\w+|^\\", beginning) or [""]
    what = next((word for word in others if word in _OBJECTS), "")
    if first in ("CREATE", "ALTER", "DROP") and what:
        return f"{first} {what}"
    return "psql commands" if first == "\\" else first if first in _VERBS or not first else "other"


def _adds_key(tokens: list[Token]) -> bool:
    return any(token.word == "KEY" for token in tokens)


# ── A statement ─────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Word:
    """A name, word or mark, with all tokens of the brackets that follow it."""

    tokens: list[Token]

    @property
    def first(self) -> Token:
        return self.tokens[0]

    @property
    def inside(self) -> list[Token]:
        """What its parentheses hold."""
        return self.tokens[2:-1] if len(self.tokens) > 2 and self.tokens[1].raw == "(" else []

    @property
    def listed(self) -> list[str]:
        """The names that its parentheses list."""
        return [item[0].name for item in _items(self.inside)]


@dataclass(slots=True)
class _Draft:
    """A table so far. `places` has the offsets of its columns and keys, as paths end with them."""

    head: Table  # without columns
    places: dict[Path, int]
    columns: list[Column] = field(default_factory=list)
    keys: list[ForeignKey] = field(default_factory=list)
    primary: list[str] = field(default_factory=list)

    @property
    def table(self) -> Table:
        """The whole table; a name in its primary key that is no column's counts for nothing."""
        own = {name.lower() for name in self.primary}
        columns = (
            replace(c, primary_key=c.primary_key or c.name.lower() in own) for c in self.columns
        )
        return replace(self.head, columns=tuple(columns), foreign_keys=tuple(self.keys))


_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_HOLDERS = ("ARRAY", "STRUCT", "MAP", "RANGE")  # of types, in <>


def _wrong(message: str, token: Token) -> Refused:
    return Refused(Issue("ddl_syntax", message, line=token.start))


def _depths(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Yield each token, and in how many brackets it is; brackets are in themselves."""
    opened: list[tuple[str, Token]] = []
    before = ""
    for token in tokens:
        closer = _CLOSERS.get(token.raw, ">" if token.raw == "<" and before in _HOLDERS else "")
        if closer:
            opened.append((closer, token))
        yield token, len(opened)
        if opened and token.raw == opened[-1][0]:
            opened.pop()
        before = token.word
    if opened:
        raise _wrong(f"This '{opened[0][1].raw}' is not closed.", opened[0][1])


def _words(tokens: list[Token]) -> list[_Word]:
    words: list[_Word] = []
    for token, depth in _depths(tokens):
        if token.kind == "open":
            raise _wrong(f"This {token.raw[0]} is not closed.", token)
        if depth and words:
            words[-1].tokens.append(token)
        else:
            words.append(_Word([token]))
    return words


def _items(tokens: list[Token]) -> list[list[Token]]:
    items: list[list[Token]] = [[]]
    for token, depth in _depths(tokens):
        if token.raw == "," and not depth:
            items.append([])
        else:
            items[-1].append(token)
    return [item for item in items if item]


def _dotted(words: list[_Word]) -> list[_Word]:
    """Return the parts of the qualified name that the words begin with."""
    end = 1
    while end < len(words) and "." in (words[end].first.raw, words[end - 1].first.raw):
        end += 1
    return [word for word in words[:end] if word.first.raw != "."]


def _draft(statement: list[Token], text: str, dialect: Dialect) -> _Draft:
    """Read one CREATE TABLE. Raises Refused with an offset for a line."""
    words = _words(statement[1:])
    parts = _dotted(words)
    if not parts or parts[-1].first.kind == "mark":
        raise _wrong("A name is missing behind CREATE TABLE.", statement[0])
    names = [part.first.name for part in parts]
    if dialect.name == "bigquery":  # quotes may stand around all of `project.dataset.table`
        names = ".".join(names).split(".")
    for name in names[-2:]:
        _check_name(name, parts[-1].first)
    draft = _Draft(_table(names, words, parts[-1], text), {(): parts[-1].first.start})
    for item in _items(parts[-1].inside):
        _read_item(draft, item, text)
    return draft


def _table(names: list[str], words: list[_Word], last: _Word, text: str) -> Table:
    schema, name = ["", *names][-2:]
    opening = _remark(text, last.tokens[1].end) if last.inside else ""
    comment = _comment(words[words.index(last) + 1 :]) or opening
    return Table(name, (), (), schema, comment, last.first.kind == "quoted")


def _check_name(name: str, token: Token) -> None:
    if wrong := fault(name):
        raise _wrong(wrong, token)


# ── A line of a statement ───────────────────────────────────────────────────────────────────

# These begin what follows a column's type.
_FACTS = frozenset(
    "AS AUTOINCREMENT AUTO_INCREMENT CHARSET CHECK COLLATE COMMENT CONSTRAINT DEFAULT ENABLE ENCODE"
    " FOREIGN GENERATED IDENTITY INVISIBLE KEY MASKED NOT NULL ON OPTIONS PERSISTED PRIMARY"
    " REFERENCES ROWGUIDCOL SET SPARSE STORED UNIQUE VIRTUAL VISIBLE".split()
)
# These go on with a type.
_MORE = frozenset(
    "ARRAY BIG BIGINT BYTE CHAR CHARACTER DAY HOUR INT INTEGER LARGE LOCAL MINUTE MONTH NATIVE"
    " OBJECT PRECISION RAW SECOND SIGNED TIME TO UNSIGNED VARCHAR VARYING WITH WITHOUT YEAR"
    " ZEROFILL ZONE".split()
)
# Where one of these follows a name, a comma was forgotten before that.
_TYPES = frozenset(
    "BIGINT BOOL BOOLEAN CHAR DATE DATETIME DECIMAL FLOAT INT INTEGER NUMERIC REAL SMALLINT TEXT"
    " TIMESTAMP VARCHAR".split()
)
_REMARK = re.compile(r"[ \t]*,?[ \t]*--[ \t]*(.*)")


def _read_item(draft: _Draft, item: list[Token], text: str) -> None:
    words = _unnamed(_words(item))
    first = words[0].first.word if words else ""
    second = words[1].first.word if len(words) > 1 else ""
    if (first, second) == ("PRIMARY", "KEY"):
        draft.primary += next((word.listed for word in words if word.inside), [])
    elif (first, second) == ("FOREIGN", "KEY"):
        local = next((word.listed for word in words if word.inside), [])
        _read_reference(draft, words, local)
    elif not _is_other(words, first, second):
        _read_column(draft, words, _remark(text, item[-1].end))


def _unnamed(words: list[_Word]) -> list[_Word]:
    """Return a constraint without its name, which MySQL's may lack."""
    if words[0].first.word != "CONSTRAINT" or len(words) < 2:
        return words
    named = words[1].first.word not in ("PRIMARY", "FOREIGN", "UNIQUE", "CHECK")
    return words[2:] if named else words[1:]


def _is_other(words: list[_Word], first: str, second: str) -> bool:
    """Say whether it is an index, a check or such, but not a column that is called `key`."""
    if first in ("KEY", "INDEX", "FULLTEXT", "SPATIAL"):
        lists = (word.inside for word in words[: _facts_begin(words, 2)])
        return any(inside and not inside[0].raw[0].isdigit() for inside in lists)
    pair = (first, second) in (("PERIOD", "FOR"), ("EXCLUDE", "USING"), ("SUPPLEMENTAL", "LOG"))
    return pair or first in ("UNIQUE", "CHECK", "LIKE") or not words


def _read_column(draft: _Draft, words: list[_Word], remark: str) -> None:
    first = words[0].first
    if first.kind == "mark" or len(words[0].tokens) > 1:
        raise _wrong(f"A column's name was expected, not {first.raw[:20]!r}.", first)
    _check_name(first.name, first)
    end = _type_ends(words)
    facts = [word.first.word for word in words[end:]]
    _check_commas(words[end:])
    pairs = set(pairwise(facts))
    draft.places["columns", len(draft.columns)] = first.start
    draft.columns.append(
        Column(
            first.name,
            _type(words[1:end]),
            ("NOT", "NULL") not in pairs,
            ("PRIMARY", "KEY") in pairs,
            _comment(words[end:]) or remark,
            first.kind != "word",
        )
    )
    _read_reference(draft, words[end:], [first.name])


def _facts_begin(words: list[_Word], start: int) -> int:
    found = (at for at in range(start, len(words)) if words[at].first.word in _FACTS)
    return next(found, len(words))


def _type_ends(words: list[_Word]) -> int:
    """Return how many words are the column's name and type."""
    for at in range(1, len(words)):
        before, word = words[at - 1].first, words[at].first
        joined = at == 1 or "." in (before.raw, word.raw) or word.word in _MORE
        tagged = word.word == "WITH" and not any(w.first.word == "TIME" for w in words[at:])
        charset = [w.first.word for w in words[at : at + 2]] == ["CHARACTER", "SET"]
        if word.word in _FACTS or not joined or tagged or charset:
            return at
    return len(words)


def _check_commas(words: list[_Word]) -> None:
    """Raise Refused where a column seems to begin among another's facts."""
    for one, two in pairwise(words):
        name = one.first
        known = name.kind == "mark" or name.word in _FACTS | _MORE
        if two.first.word in _TYPES and not known:
            raise _wrong(f"A comma is missing before {name.name[:40]!r}.", name)


def _type(words: list[_Word]) -> str:
    """Return the type in capitals, but what is in single quotes, evenly spaced."""
    written, end = "", None
    for token in (token for word in words for token in word.tokens):
        close = token.raw[0] in "([,)]<>." or written[-1:] in ("", "(", "[", ",", "<", ".")
        gap = "" if close or token.start == end else " "
        written += gap + (token.raw if token.kind == "string" else token.name.upper())
        end = token.end
    return written


def _comment(words: list[_Word]) -> str:
    """Return what COMMENT says, where MySQL and Snowflake have it."""
    said = [word.first for word in words if word.first.raw != "="]
    found = (two for one, two in pairwise(said) if one.word == "COMMENT")
    return next((token.name for token in found if token.kind in ("string", "quoted")), "")


def _remark(text: str, end: int) -> str:
    found = _REMARK.match(text, end)
    return found[1].strip() if found else ""


def _read_reference(draft: _Draft, words: list[_Word], columns: list[str]) -> None:
    """Add the foreign key, if there is one behind REFERENCES."""
    said = [word.first.word for word in words]
    target = words[said.index("REFERENCES") + 1 :] if "REFERENCES" in said else []
    if target and columns:
        parts = _dotted(target)
        table = ".".join(part.first.name for part in parts[-2:])
        draft.places["foreign_keys", len(draft.keys)] = parts[-1].first.start
        draft.keys.append(ForeignKey(tuple(columns), table, tuple(parts[-1].listed)))
