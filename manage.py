#!/usr/bin/env python
"""Django's command-line entry point."""

from __future__ import annotations

from aimodels.command_line import main

if __name__ == "__main__":
    main()
