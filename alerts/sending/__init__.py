"""How a message gets to a target: `webhook` and `mail`, and `queue`, which retries."""
