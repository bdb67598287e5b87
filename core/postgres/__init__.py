"""Django's backend for Postgres, with a deadline for a server that hangs."""
