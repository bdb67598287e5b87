"""The name of the portal's program, in messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.program import program_name


@pytest.mark.parametrize(
    ("started", "name"),
    [
        ("manage.py", "manage.py"),
        ("/srv/portal/manage.py", "manage.py"),
        ("/opt/portal/bin/aimodels", "aimodels"),
    ],
)
@pytest.mark.parametrize("has_manage_py", [True, False])
def test_messages_name_the_program_that_was_started(
    started: str, name: str, has_manage_py: bool, tmp_path: Path
) -> None:
    if has_manage_py:
        (tmp_path / "manage.py").touch()
    assert program_name(Path(started), tmp_path) == name


def test_under_another_server_a_checkout_has_manage_py(tmp_path: Path) -> None:
    (tmp_path / "manage.py").touch()
    assert program_name(Path("/opt/bin/uvicorn"), tmp_path) == "manage.py"


def test_under_another_server_an_installed_portal_has_aimodels(tmp_path: Path) -> None:
    assert program_name(Path("/opt/bin/uvicorn"), tmp_path) == "aimodels"
