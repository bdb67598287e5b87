"""What models.yaml says of limits: how much a member of groups may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

from core.access import Groups
from core.limits.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from registry.config.beside import GroupLimits, LimitsConfig

NAMES = tuple(field.name for field in fields(Limits))


@dataclass(frozen=True, slots=True)
class LimitRules:
    """Limits by group. `of` remembers its results: people are in few combinations of groups."""

    everyone: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    _known: dict[Groups | None, Limits] = field(default_factory=dict, repr=False)

    @classmethod
    def of_config(cls, config: LimitsConfig) -> LimitRules:
        groups = {name: _written(limits) for name, limits in config.groups.items()}
        return cls(_written(config.everyone), groups)

    def of(self, groups: Groups | None, others: Limits) -> Limits:
        """Return the limits of a member of `groups`: the most that one of them has, else `others`.

        None is someone who may use everything: a member of all.
        """
        if (limits := self._known.get(groups)) is None:
            limits = self._known[groups] = self._of(groups, others)
        return limits

    def _of(self, groups: Groups | None, others: Limits) -> Limits:
        names = self.groups if groups is None else groups
        written = [self.groups[name] for name in names if name in self.groups]
        base = {**asdict(others), **self.everyone}
        return Limits(**{name: _most(name, base[name], written) for name in NAMES})


def _most(name: str, base: int, written: Iterable[Mapping[str, int]]) -> int:
    """Return the most generous value: that of a group, else of everyone; 0 is no limit."""
    values = [limits[name] for limits in written if name in limits] or [base]
    return 0 if 0 in values else max(values)


def _written(limits: GroupLimits) -> dict[str, int]:
    return limits.model_dump(exclude_none=True)
