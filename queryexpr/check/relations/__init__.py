"""Checks of what has rows: tables, queries in FROM, series, arrays, recursion, and their stars."""
