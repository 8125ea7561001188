"""Which tracing the environment asks for; only then is OpenTelemetry imported."""

from collections.abc import Mapping

from gateway.core.errors import SettingsError
from gateway.ops.tracing import EXPORTER, Tracing

# OpenTelemetry's own variables, too; each asks for tracing.
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
DISABLED = "OTEL_SDK_DISABLED"


def open_tracing(environ: Mapping[str, str], api_url: str) -> Tracing:
    """Return the tracing that the environment asks for.

    Args:
        environ: `OTEL_*` as OpenTelemetry defines them.
        api_url: Base of Viber's API, for the spans of calls.

    Raises:
        SettingsError: What it needs is not installed, or there is no such exporter.
    """
    exporter = wanted_exporter(environ)
    if exporter is None:
        return Tracing()
    try:
        from gateway.ops.spans import Spans, provider_of  # noqa: PLC0415  costs nobody else
    except ImportError:
        raise SettingsError(
            [f"{EXPORTER}: tracing needs the extra: pip install viber-gateway[tracing]"]
        ) from None
    return Spans(provider_of(exporter), api_url)


def wanted_exporter(environ: Mapping[str, str]) -> str | None:
    """Name the exporter of traces; None: tracing is off.

    Unlike an SDK that is always on, it is off unless an exporter or a collector is
    named.  Source: OpenTelemetry, "Environment Variable Specification".
    """
    if environ.get(DISABLED, "").strip().lower() == "true":
        return None
    is_asked = any(environ.get(name) for name in ENDPOINTS)
    exporter = environ.get(EXPORTER, "").strip() or ("otlp" if is_asked else "none")
    return None if exporter == "none" else exporter
