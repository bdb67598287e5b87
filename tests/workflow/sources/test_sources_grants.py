"""Grants as MySQL 8 and MariaDB list them, of which only SELECT is taken."""

from __future__ import annotations

import pymysql
import pytest

from workflow.sources.mysql.privileges import faults


@pytest.mark.parametrize(
    ("grant", "said"),
    [
        ("GRANT USAGE ON *.* TO `a`@`%`", ""),
        ("GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*B69'", ""),
        ("GRANT SELECT, SHOW VIEW ON `s`.* TO `a`@`%`", ""),
        ("GRANT SELECT, SELECT (`id`, `n`) ON `s`.`t` TO `a`@`%`", ""),
        ("REVOKE SELECT ON `mysql`.* FROM `a`@`%`", ""),
        ("SET DEFAULT ROLE `r` FOR `a`@`%`", ""),
        ("GRANT `r`@`%` TO `a`@`%`", "has roles"),
        ("GRANT SELECT ON `s`.* TO `a`@`%` WITH GRANT OPTION", "REVOKE GRANT OPTION"),
        ("GRANT ALL PRIVILEGES ON `s`.* TO `a`@`%`", "ALL PRIVILEGES on `s`.*"),
        ("GRANT SELECT, INSERT (`a`) ON `s`.`t` TO `a`@`%`", "has INSERT on `s`.`t`"),
        ("GRANT CREATE TEMPORARY TABLES ON `s`.* TO `a`@`%`", "CREATE TEMPORARY TABLES"),
        ("GRANT APPLICATION_PASSWORD_ADMIN,BACKUP_ADMIN ON *.* TO `a`@`%`", "BACKUP_ADMIN on *.*"),
        ("GRANT PROXY ON ``@`` TO `a`@`%`", "PROXY"),
    ],
)
def test_a_grant_is_harmless_or_refused(grant: str, said: str) -> None:
    def ask(query: str) -> list[tuple[str, ...]]:
        if query == "SHOW GRANTS FOR PUBLIC":
            raise pymysql.err.ProgrammingError(1064, "MySQL knows no PUBLIC")
        return [(grant,)] if query == "SHOW GRANTS" else [("t",)]

    found = faults(ask, ["t"])
    assert bool(found) == bool(said)
    assert said in "".join(found)
