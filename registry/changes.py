"""What an edit of models.yaml does, told before or after it is made. Pure: two registries in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.entities import Model
    from registry.snapshot import Registry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is adds, removes, changes or drops; `what` a provider, model, default or primary."""

    kind: str
    what: str
    name: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.what} {self.name}{self.detail and f', {self.detail}'}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def changes(old: Registry, new: Registry) -> list[Change]:
    """Return what `new`, under the primaries that are set now, does to `old`."""
    fresh = new.with_primaries(old.primaries, old.primaries_version)
    return [
        *_compared("provider", old.providers, new.providers),
        *_models(old, new),
        *(
            Change("drops", "primary", capability, f"{primary.model} is gone or cannot do it")
            for capability, primary in old.primaries.items()
            if capability not in fresh.primaries
        ),
        *_defaults(old.defaults, fresh.defaults),
    ]


def summary(found: list[Change]) -> str:
    """Return the changes as one sentence, such as "adds 2 models, removes model a:b, …"."""
    if not found:
        return "changes nothing that matters"
    kinds: dict[tuple[str, str], list[Change]] = {}
    for change in found:
        kinds.setdefault((change.kind, change.what), []).append(change)
    return ", ".join(
        str(group[0]) if len(group) == 1 else f"{kind} {len(group)} {what}s"
        for (kind, what), group in kinds.items()
    )


def _compared(what: str, old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[Change]:
    for name in new.keys() - old.keys():
        yield Change("adds", what, name)
    for name in old.keys() - new.keys():
        yield Change("removes", what, name)
    for name in old:
        if name in new and old[name] != new[name]:
            yield Change("changes", what, name)


def _models(old: Registry, new: Registry) -> Iterator[Change]:
    """Compare models but for the line they stand on; tell what a removed one is used for."""
    found = _compared("model", _without_lines(old), _without_lines(new))
    for change in sorted(found, key=lambda change: (change.kind, change.name)):
        used = [c for c, chosen in old.defaults.items() if chosen == change.name]
        if change.kind == "removes" and used:
            yield replace(change, detail=f"which answers for {' and '.join(used)}")
        else:
            yield change


def _without_lines(registry: Registry) -> dict[str, Model]:
    return {name: replace(model, line=0) for name, model in registry.models.items()}


def _defaults(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for capability in sorted(old.keys() | new.keys()):
        before, after = old.get(capability, "none"), new.get(capability, "none")
        if before != after:
            yield Change("changes", "default", capability, f"{before} → {after}")
