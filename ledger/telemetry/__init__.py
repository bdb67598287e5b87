"""
Traces and metrics of calls, by OpenTelemetry's conventions for generative AI, to an OTLP collector.

    conventions   the table: a row of the ledger → attributes
    export        rows → spans and metrics, by the SDK, in its own threads

It is fed by what copies the journals, one process of each machine, after a row is in the database:
so no request waits for it, and no call is reported twice. It holds no prompt, no answer, no person.
"""
