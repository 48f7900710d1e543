"""What a provider's error means, whichever SDK or batch file it came by: one `ProviderFault` for each."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from routing.errors import (
    ConnectionFault,
    ContentFilterFault,
    ContextFault,
    KeyFault,
    MalformedFault,
    ModelFault,
    OverloadedFault,
    ProviderFault,
    QuotaFault,
    RateLimitFault,
    RequestFault,
    ServerFault,
    TimeoutFault,
    UnreachableFault,
)

_TOO_LONG = re.compile(r"context_length|context.window|maximum context|prompt is too long|request_too_large")
_FILTERED = re.compile(r"content_filter|content_policy|content management policy|misalignment_policy|bio_policy")
_NO_MONEY = re.compile(r"insufficient_quota|billing_error|credit balance|spend_limit|payment_required")
_PACE = re.compile(r"per[ _-]?(?:minute|second|hour|day|min)\b|requests? per|rate.?limit")
_ACCOUNT = re.compile(r"quota|billing")
_NO_MODEL = re.compile(r"model_not_found|invalid_model|unknown_model|deployment.?not.?found")
_SECRET = re.compile(r"\b(?:sk|pk|key|Bearer)[-_ ][\w*.-]{6,}")
_LONGEST = 200  # characters of a provider's message that are kept


@dataclass(frozen=True, slots=True)
class SdkErrors:
    """The errors of an SDK: any of them, an HTTP status, no whole connection, no answer in time."""

    any: type[Exception]
    status: type[Any]
    connection: type[Exception]
    timeout: type[Exception]


@contextmanager
def told_as_faults(errors: SdkErrors, tier: str, seconds: float) -> Iterator[None]:
    """Whatever the SDK raises inside leaves as a `ProviderFault`. The SDKs' errors carry headers and prompts: none is
    chained, so that neither key nor document gets into a traceback."""
    try:
        yield
    except (TimeoutError, errors.any, ValueError) as error:
        raise _fault_of(error, errors, tier, seconds) from None


def status_fault(
    tier: str, status: int, stated: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> ProviderFault:
    """The fault that an HTTP status and the provider's own words (`type`, `code`, `message`) stand for."""
    words = " ".join(str(stated.get(name) or "") for name in ("type", "code", "message")).lower()
    headers = headers or {}
    after = _wait(headers)
    request_id = headers.get("x-request-id") or headers.get("request-id") or ""
    fault = _kind(status, words, after is not None)
    return fault(tier, _detail(status, stated, fault), after, None, request_id)


def unreadable(tier: str, error: Exception) -> MalformedFault:
    """The fault of an answer of another form than its interface says."""
    return MalformedFault(tier, f"the provider's answer can't be read ({type(error).__name__})")


def scrubbed(text: str) -> str:
    """The text without anything that looks like a key, and not too long."""
    return _SECRET.sub("***", " ".join(text.split()))[:_LONGEST]


def _kind(status: int, words: str, has_retry_after: bool) -> type[ProviderFault]:
    if _NO_MONEY.search(words) or status == 402:
        return QuotaFault
    if status == 429 or "rate_limit_exceeded" in words:
        return RateLimitFault if has_retry_after or _is_pace(words) else QuotaFault
    if status in (401, 403):
        return KeyFault
    if status == 413 or _TOO_LONG.search(words):
        return ContextFault
    if _FILTERED.search(words):
        return ContentFilterFault
    if status == 404 or _NO_MODEL.search(words):
        return ModelFault
    if status in (503, 529) or "overloaded" in words:
        return OverloadedFault
    if status == 504:
        return TimeoutFault
    return ServerFault if status >= 500 or status in (408, 409, 425) else RequestFault


def _is_pace(words: str) -> bool:
    """Whether a 429 means that we are too fast. One that speaks of a quota or of billing means the account, unless it
    names an amount for each minute or day, or calls itself a rate limit: then waiting helps."""
    return bool(_PACE.search(words)) or not _ACCOUNT.search(words)


def _detail(status: int, stated: Mapping[str, Any], fault: type[ProviderFault]) -> str:
    """Status and code; the provider's sentence only where it tells which setting is wrong."""
    code = str(stated.get("code") or stated.get("type") or "")
    parts = [f"HTTP {status}", scrubbed(code)]
    if fault in (RequestFault, ModelFault) and stated.get("message"):
        parts.append(scrubbed(str(stated["message"])))
    return " ".join(part for part in parts if part)


def _stated(body: object) -> Mapping[str, Any]:
    """The provider's error object: OpenAI's SDK hands out what is inside `error`, Anthropic's the whole."""
    inner = body.get("error", body) if isinstance(body, Mapping) else {}
    return inner if isinstance(inner, Mapping) else {"message": str(inner)}


def _fault_of(error: Exception, errors: SdkErrors, tier: str, seconds: float) -> ProviderFault:
    if isinstance(error, errors.status):
        return status_fault(tier, error.status_code, _stated(error.body), error.response.headers)
    cause = error.__cause__
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return UnreachableFault(tier, f"no connection ({type(cause).__name__})")
    if isinstance(error, TimeoutError | errors.timeout):
        return TimeoutFault(tier, f"no whole answer within {seconds:g} s")
    if isinstance(error, errors.connection):
        return ConnectionFault(tier, f"the connection broke ({type(cause or error).__name__})")
    return unreadable(tier, error)


def _wait(headers: Mapping[str, str]) -> float | None:
    """How many seconds the provider asks to wait, as a number or until a date; None where it does not."""
    stated = headers.get("retry-after", "")
    with suppress(ValueError):
        if "retry-after-ms" in headers:
            return max(float(headers["retry-after-ms"]) / 1000, 0.0)
        return max(float(stated), 0.0)
    with suppress(ValueError):
        return max((parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds(), 0.0)
    return None
