"""
The seal of the ledger: a chain over its rows that someone who writes the database cannot continue.

Its key is not in the database. docs/ledger.md says what it proves, and what it does not.
"""
