"""Records bundles/billing: drives the scenarios of examples/billing against its baseline and its real provider.

What production's recorder would write is written here by driving the service live: each request with its answer and
times, the outward calls as the playback server saw them in record mode, messages, rows and logs.
"""

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import yaml

from gate import wiring
from gate.bundle import write
from gate.config import Redactor, Settings
from gate.config.load import load
from gate.identity import filled, saved, saves
from gate.model import Bundle, Channel, Event, Header, Json, Manifest, Side, SideKind, SideName, StatePart
from gate.model.body import payload
from gate.observe import Evidence, observe, snapshots
from gate.ports import LiveSide, PlayedCall, Request, Response
from gate.provision import bring_up, settle, warm_up
from gate.replay import trace_of

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "billing"


def main() -> None:
    """Record, and replace the bundle when everything went as the scenarios expect."""
    settings = load(EXAMPLE / "gate.yml", os.environ, "process")
    scenarios = {
        path.stem: yaml.safe_load(path.read_text()) for path in sorted((EXAMPLE / "scenarios").glob("*.yml"))
    }
    run_id = wiring.new_run_id()
    with wiring.scratch(run_id, os.environ) as (run, folder):
        state = seeded(folder)
        with closing(Provider(folder)) as provider:
            side = Side(name=SideName.BASELINE, kind=SideKind.LIVE, ref="examples/billing")
            upstream = {"payments.example": provider.url}
            live = wiring.process_side(
                side,
                EXAMPLE,
                settings,
                folder / "baseline",
                run,
                Redactor(settings.secrets),
                upstream=upstream,
            )
            try:
                bring_up({SideName.BASELINE: live.environment}, {"db": state})
                bundle = asyncio.run(record(live, settings, scenarios))
            finally:
                live.environment.stop()
    write(replace(bundle, payloads={"state/db.sqlite": state}), ROOT / "bundles" / "billing")
    count = sum(len(recording.stimuli) for recording in bundle.recordings.values())
    print(f"bundles/billing: {len(bundle.recordings)} scenarios, {count} stimuli")


def seeded(folder: Path) -> bytes:
    """A database as it stands before the first request: the schema, and what every merchant starts with."""
    path = folder / "seed.db"
    env = {"DATABASE_URL": f"sqlite:///{path}"}
    for module in ("billing.migrate", "billing.seed"):
        subprocess.run(
            [sys.executable, "-m", module], cwd=EXAMPLE, env=env, check=True, stdout=subprocess.DEVNULL
        )
    plain = folder / "state.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(plain),))
    return plain.read_bytes()


class Provider:
    """The outside provider as a process."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "provider", "--port", str(port)],
            cwd=EXAMPLE,
            env={"PROVIDER_KEY": "sk_test_gate"},
            stdout=(folder / "provider.txt").open("wb"),
            stderr=subprocess.STDOUT,
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit("the provider did not start")

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


async def record(live: LiveSide, settings: Settings, scenarios: Mapping[str, Any]) -> Bundle:
    """Drive every scenario, each settled before the next, and sort what was seen."""
    stores = live.environment.stores()
    await warm_up(live.sender, settings.warmup)
    before = {name: snapshots(stores, settings)[name] for name in stores}
    answers: dict[str, Sequence[Event]] = {}
    for name, content in scenarios.items():
        answers[name] = await Driver(live, name).drive(content["steps"])
        problem = await settle(
            live.playback, stores, live.environment, settings.observe.messages, settings.settle
        )
        if problem:
            raise SystemExit(f"{name}: {problem}")
    traces = {event.lineage: name for name, events in answers.items() for event in events}
    calls = [
        PlayedCall(scenario=traces.get(call.event.lineage), how=call.how, event=call.event)
        for call in await live.playback.collect()
    ]
    headers = {
        name: Header(scenario=name, says=content["says"], tags=tuple(content["tags"]))
        for name, content in scenarios.items()
    }
    evidence = Evidence(
        answers=answers,
        calls=calls,
        before=before,
        after=snapshots(stores, settings),
        logs=live.environment.logs(),
    )
    observed = observe(headers, evidence, settings)
    if lost := observed.unowned.events:
        raise SystemExit(f"no scenario owns {[event.operation for event in lost]}")
    await live.sender.close()
    await live.playback.close()
    return Bundle(manifest=manifest(), recordings=observed.recordings)


def manifest() -> Manifest:
    """What the bundle says of itself."""
    return Manifest(
        name="billing",
        service={"name": "billing"},
        runtime={"python": f"{sys.version_info.major}.{sys.version_info.minor}", "environment": "process"},
        entropy={"clock": "assumed", "random": "assumed", "outward": "recorded"},
        provenance={"how": "scripts/record", "against": "examples/billing/provider"},
        sensitivity="synthetic",
        state=(StatePart(store="db", kind="sqlite", path="state/db.sqlite"),),
    )


class Driver:
    """Plays one scenario's client: sends its steps, keeps what answers gave, checks what they should be."""

    def __init__(self, live: LiveSide, scenario: str) -> None:
        self._live, self._scenario = live, scenario
        self._values: dict[str, Json] = {}
        self._count = 0

    async def drive(self, steps: Sequence[Mapping[str, Any]]) -> Sequence[Event]:
        """The request events, in order."""
        events: list[Event] = []
        for step in steps:
            if "pause" in step:
                await asyncio.sleep(step["pause"] / 1000)
            elif "together" in step:
                tasks = [self._at(one, self._number()) for one in step["together"]]
                events += await asyncio.gather(*tasks)
            else:
                events.append(await self._send(step, self._number()))
                await asyncio.sleep(0.005)
        return events

    def _number(self) -> int:
        self._count += 1
        return self._count - 1

    async def _at(self, step: Mapping[str, Any], number: int) -> Event:
        await asyncio.sleep(step["at"] / 1000)
        return await self._send(step, number)

    async def _send(self, step: Mapping[str, Any], number: int) -> Event:
        written = self._written(step, number)
        trace = trace_of(written, self._scenario)
        inputs = filled(written.inputs, self._values)
        headers = {**cast("dict[str, Json]", inputs["headers"]), "traceparent": f"00-{trace}-{trace[:16]}-01"}
        path, query = inputs["path"], inputs["query"]
        response: Response = await self._live.sender.send(
            Request(
                method=str(inputs["method"]),
                target=f"{path}?{query}" if query else str(path),
                headers=tuple((name, str(value)) for name, value in headers.items()),
                body=payload(inputs["body"]),
            )
        )
        self._check(step, written, response)
        return replace(
            written,
            operation=f"{inputs['method']} {path}",
            inputs={**inputs, "headers": headers},
            output=response.output,
            started_at=response.started_at,
            duration=response.duration,
            lineage=trace,
        )

    def _written(self, step: Mapping[str, Any], number: int) -> Event:
        """A step as a request file would say it."""
        method, _, target = step["send"].partition(" ")
        if target[1:-1] in self._values:  # a saved Location is the whole of it
            target = str(self._values[target[1:-1]])
        path, _, query = target.partition("?")
        headers = {name.lower(): value for name, value in step.get("headers", {}).items()}
        body = {"json": step["body"]} if "body" in step else None
        inputs: dict[str, Json] = {
            "method": method,
            "path": path,
            "query": query,
            "headers": {**headers, "content-type": "application/json"} if body else headers,
            "body": body,
            "save": {name: _path(where) for name, where in step.get("save", {}).items()},
        }
        return Event(
            seq=number, channel=Channel.REQUEST, operation="", inputs=inputs, output=None, started_at=0
        )

    def _check(self, step: Mapping[str, Any], written: Event, response: Response) -> None:
        """Keep what is to be saved; stop where the answer is not the expected one."""
        status = response.output.get("status", response.output.get("error"))
        found = dict(saved(written, response.output))
        missing = sorted(saves(written).keys() - found.keys())
        if missing or status != step.get("expect", status):
            wanted = f"nothing to save as {', '.join(missing)}" if missing else f"expected {step['expect']}"
            raise SystemExit(f"{self._scenario}: {step['send']} gave {status}, {wanted}: {response}")
        self._values |= found


def _path(where: str) -> str:
    """In the files, a path starts at the body, and a header is ``header:NAME``."""
    if where.startswith("header:"):
        return f"$.headers['{where.removeprefix('header:')}']"
    return where.replace("$", "$.body", 1)


if __name__ == "__main__":
    main()
