"""How much may be used in a day, a week or a month: the budgets of models.yaml."""
