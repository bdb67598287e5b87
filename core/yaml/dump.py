"""Data → YAML text that the strict parser reads back as the same data."""

from __future__ import annotations

from typing import Any

import yaml

from core.yaml.text import plain


def dump(data: Any) -> str:
    """Return `data` as YAML, with its keys in their order."""
    return yaml.dump(_plain(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    """Quotes everything that the portal's parser would not read as text. PyYAML uses YAML 1.1."""

    def ignore_aliases(self, data: Any) -> bool:
        return True  # anchors are not allowed in the file


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = None if isinstance(plain(value), str) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _plain(value: Any) -> Any:
    """Return `value` with lists in place of tuples, which YAML does not have."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
