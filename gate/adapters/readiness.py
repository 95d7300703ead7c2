"""Whether a service answers yet."""

import ssl

_TIMEOUT = 2.0


def answer_of(url: str) -> str:
    """The status that a URL answers, or what went wrong; the body is not waited for, redirects are not followed."""
    import httpx  # takes as long as a service takes to start, so it is done meanwhile

    try:
        with (
            httpx.Client(
                timeout=_TIMEOUT,
                follow_redirects=False,
                trust_env=False,
                # Empty: a service's own port speaks plain HTTP, and to load certificates takes longer than to ask.
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                limits=httpx.Limits(max_keepalive_connections=0),
            ) as client,
            client.stream("GET", url) as response,
        ):
            return str(response.status_code)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return type(error).__name__
