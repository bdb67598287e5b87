"""Dates and times of one dialect as those of another."""
