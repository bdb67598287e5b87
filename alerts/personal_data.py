"""What this app stores is not about people: budgets of single persons are no alerts."""

from __future__ import annotations

from core.personal_data import personal_data

personal_data.exempt(
    alerts_Alert="what needed attention: a provider, a model, a budget of many, the file",
    alerts_Delivery="which target of models.yaml got a message, and when",
)
