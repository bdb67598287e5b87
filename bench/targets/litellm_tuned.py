"""
LiteLLM's proxy, tuned by profiling.

Without OpenTelemetry it tries to import that on every request, and fails. Without prices it looks
for them on every request.
"""

from __future__ import annotations

from bench.targets import litellm


class Gateway(litellm.Gateway):
    name = "litellm_tuned"
    packages = [
        *litellm.Gateway.packages,
        "opentelemetry-sdk==1.45.2",
        "opentelemetry-exporter-otlp==1.45.2",
    ]
    notes = (
        "litellm_tuned has OpenTelemetry installed, prices set, LITELLM_LOG=ERROR and "
        "LITELLM_MODE=PRODUCTION",
    )
    prices = {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}

    def environment(self) -> dict[str, str]:
        return {
            **super().environment(),
            "LITELLM_LOG": "ERROR",
            "LITELLM_MODE": "PRODUCTION",
        }
