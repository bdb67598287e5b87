"""Starts TensorZero's gateway with a file, and prints its address. Runs in its environment."""

from __future__ import annotations

import signal
import sys

from tensorzero import _start_http_gateway  # type: ignore[import-not-found]

gateway = _start_http_gateway(
    config_file=sys.argv[1],
    clickhouse_url=None,
    postgres_url=None,
    valkey_url=None,
    async_setup=False,
)
print(gateway.base_url, flush=True)
signal.pause()
