"""Receipts: what the ledger has of one answer, why its model was chosen, and its seal."""
