"""Models without a price, where a budget of money refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from core.yaml.errors import Finding
    from registry.config.budgets import BudgetConfig
    from registry.config.schema import ModelsConfig

MAX_NAMED = 3


def unpriced(budgets: Mapping[str, BudgetConfig], models: ModelsConfig) -> Iterator[Finding]:
    """Yield a warning for each budget that refuses models, because they have no price for it."""
    for name, one in budgets.items():
        if one.money is None or one.unpriced == "allow" or one.shadow:
            continue
        without = list(_without_price(one, models))
        if without:
            named = ", ".join(without[:MAX_NAMED]) + (", …" if len(without) > MAX_NAMED else "")
            currency = f" in {one.currency}" if one.currency else " without a currency"
            yield (
                ("budgets", name),
                f"It refuses {len(without)} models that have no price{currency}: {named}. "
                "Write their price, or `unpriced: allow`.",
            )


def _without_price(budget: BudgetConfig, models: ModelsConfig) -> Iterable[str]:
    wanted = budget.capabilities
    for provider, section in models.providers.items():
        for name, model in section.registry.items():
            counted = wanted is None or not set(wanted).isdisjoint(model.capabilities)
            if counted and budget.currency not in {price.currency for price in model.price}:
                yield f"{provider}:{name}"
