"""How a connection to MySQL is encrypted."""

from __future__ import annotations

import ssl
from collections.abc import Mapping


def tls(place: Mapping[str, str]) -> ssl.SSLContext | None:
    """Return how a connection is encrypted; None where the server may decide.

    As in libpq, a certificate of an authority is checked in any mode but `disable`. Raises OSError
    for certificates that cannot be read.
    """
    mode = place.get("sslmode", "prefer")
    verifies = mode.startswith("verify-") or "sslrootcert" in place
    if mode == "disable" or (mode == "prefer" and not verifies):
        return None
    context = ssl.create_default_context(cafile=place.get("sslrootcert"))
    context.check_hostname = mode == "verify-full"
    context.verify_mode = ssl.CERT_REQUIRED if verifies else ssl.CERT_NONE
    if certificate := place.get("sslcert"):
        context.load_cert_chain(certificate, place.get("sslkey"))
    return context
