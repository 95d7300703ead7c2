"""What Compose and the builder say when something fails: whose fault it is, and their last words. Pure."""

import re
from collections.abc import Iterator

_ENGINE = re.compile(
    r"no space left|cannot connect to the docker daemon|is the docker daemon running|error during connect"
    r"|address pool|pool overlaps|i/o timeout|TLS handshake|connection refused|connection reset|broken pipe"
    r"|no such host|dial tcp|dial unix|temporary failure in name resolution|deadline exceeded|EOF\W*$|unexpected end"
    r"|too ?many ?requests|access denied|authorization failed|status:? (?:code )?50[0234]\b"
    r"|50[0234] (?:Internal|Bad|Service|Gateway)|server misbehaving|input/output error",
    re.IGNORECASE,
)
"""What goes wrong in the engine or on the way to a registry; of the code under test it says nothing."""
_NETWORK = re.compile(
    r"no space left on device|temporary failure in name resolution|temporary failure resolving|could not resolve"
    r"|name or service not known|failed to establish a new connection|network is unreachable|connection timed out"
    r"|i/o timeout|no such host|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|NewConnectionError|server misbehaving",
    re.IGNORECASE,
)
"""The same in the words of what a build runs, such as pip, npm and apt; narrower, since a build may run tests."""
_DAEMON = re.compile(
    r"error response from daemon|cannot connect to the docker daemon|error during connect", re.I
)
_STEP = re.compile(r"#(?P<step>\d+) (?:[\d.]+ (?P<output>.*)|ERROR: (?P<error>.*)|\[(?P<title>.*))")
_QUOTED = re.compile(r"\s*\d+ \| | ?> \[")
_REPEATED = re.compile(r"\d+\.\d+ ")


def of_the_engine(said: str) -> bool:
    """Whether words of Compose itself tell of the engine or of a registry."""
    return any(_ENGINE.search(line) for line in said.splitlines())


def of_the_engine_in_run(said: str) -> bool:
    """The same where the words of a container are among them."""
    return any(_DAEMON.search(line) and _ENGINE.search(line) for line in said.splitlines())


def of_the_engine_in_build(said: str) -> bool:
    """The same where the words of what a build runs are among them."""
    for line in said.splitlines():
        match = _STEP.match(line)
        if _QUOTED.match(line) or (match and match["title"]):
            continue  # the Dockerfile's own words
        output = match["output"] if match else line if _REPEATED.match(line) else None
        if _NETWORK.search(output) if output is not None else _ENGINE.search(line):
            return True
    return False


def last_line(said: str) -> str:
    """The last line that says something, cut; not the word with which Compose notes that it was ended."""
    lines = [line.strip() for line in said.splitlines() if line.strip() not in ("", "canceled")]
    return lines[-1][-500:] if lines else ""


def build_failure(said: str) -> str:
    """Which step of a build failed, how, and the last that it printed."""
    steps = [match for line in said.splitlines() if (match := _STEP.match(line))]
    failed = next((step for step in steps if step["error"]), None)
    if failed is None:
        return last_line(said) or "docker compose build said nothing"
    mine = [step for step in steps if step["step"] == failed["step"]]
    title = next((f"[{step['title'][:80]}: " for step in mine if step["title"]), "")
    # Before these words stands the command, which the title has.
    error = failed["error"].rpartition("did not complete successfully: ")[2]
    output = last_line("\n".join(_outputs(mine)))
    return f"{title}{error[-300:]}" + (f"; its last line: {output[-300:]}" if output else "")


def _outputs(steps: list[re.Match[str]]) -> Iterator[str]:
    yield from (step["output"] for step in steps if step["output"])
