"""Quotients, roundings and statistics of one dialect as those of another."""
