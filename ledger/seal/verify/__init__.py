"""
Verifies the ledger: rows against links, links against each other, seals, files and exported lines.
"""
