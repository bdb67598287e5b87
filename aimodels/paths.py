"""
Where the portal's files are. A checkout has all of them in one folder. In an installed portal the
shipped files are inside this package, and the operator's are in the current folder.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
BASE_DIR = PACKAGE.parent  # the checkout, or the folder in which packages are installed
SHIPPED = PACKAGE / "shipped"  # only a wheel has it: see pyproject.toml
IS_INSTALLED = SHIPPED.exists()
RESOURCES = SHIPPED if IS_INSTALLED else BASE_DIR  # templates, static, the default models.yaml
HOME = Path.cwd() if IS_INSTALLED else BASE_DIR  # .env, models.yaml, var
