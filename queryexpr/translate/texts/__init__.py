"""Texts, patterns and booleans of one dialect as those of another."""
