"""Checked models to Settings, with variables filled in and defaults that depend on other keys."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from gate.config import schema, settings
from gate.config.checks import texts
from gate.config.placeholders import expand, parts
from gate.config.redaction import looks_secret


def build(file: schema.File, root: Path, environ: Mapping[str, str]) -> settings.Settings:
    """All of the file, frozen; what ``check`` found wrong must not come here."""
    services = {
        name: _service(name, service, environ) for name, service in file.environments.process.services.items()
    }
    return settings.Settings(
        root=root,
        service=file.service,
        services=MappingProxyType(services),
        stimuli=settings.Stimuli(
            to=file.stimuli.to or next(iter(services)),
            order=file.stimuli.order,
            pace=file.stimuli.pace,
            timeout=file.stimuli.timeout,
        ),
        bundles=tuple(file.bundles),
        migrate=tuple(
            settings.Migration(service=one.service, run=_words(one.run, environ)) for one in file.migrate
        ),
        settle=settings.Settle(quiet=file.settle.quiet, timeout=file.settle.timeout),
        stores=tuple(settings.Store(store=one.store, kind=one.kind, path=one.path) for one in file.state),
        warmup=tuple(_warmup(one) for one in file.warmup),
        outward=tuple(file.outward.hosts),
        observe=_observe(file),
        compare=settings.Compare(
            ignore=tuple(file.compare.ignore),
            time=file.compare.tolerance.time,
            number=file.compare.tolerance.number,
            highlight=tuple(file.compare.highlight),
        ),
        secrets=MappingProxyType(_secrets(file, environ)),
        credentials=MappingProxyType(_credentials(file)),
    )


def _service(name: str, service: schema.Service, environ: Mapping[str, str]) -> settings.Service:
    env = {variable: expand(value, environ.__getitem__) for variable, value in service.env.items()}
    return settings.Service(
        name=name,
        command=_words(service.command, environ),
        ready=service.ready,
        env=MappingProxyType(env),
        cwd=service.cwd,
        start_timeout=service.start_timeout,
    )


def _warmup(warmup: schema.Warmup) -> settings.Warmup:
    method, path = warmup.request.split(" ", 1)
    return settings.Warmup(method=method, path=path, times=warmup.times)


def _observe(file: schema.File) -> settings.Observe:
    rows = tuple(
        settings.Rows(store=_store(file, one.store), table=one.table, key=tuple(one.key))
        for one in file.observe.rows
    )
    return settings.Observe(
        headers=tuple(file.observe.responses.headers),
        rows=rows if "rows" in file.observe.model_fields_set else None,
        messages=tuple(
            settings.Messages(
                store=_store(file, one.store),
                table=one.table,
                order_by=one.order_by,
                key=one.key,
                published=one.published or None,
            )
            for one in file.observe.messages
        ),
    )


def _store(file: schema.File, name: str) -> str:
    return name or file.state[0].store


def _words(words: Iterable[str], environ: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(expand(word, environ.__getitem__) for word in words)


def _secrets(file: schema.File, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        word: environ[word] for _, text in texts(file) for kind, word in parts(text) if kind == "variable"
    }


def _credentials(file: schema.File) -> dict[str, str]:
    """What stands in the file itself as the value of a variable whose name says that it is a credential."""
    return {
        variable: value
        for service in file.environments.process.services.values()
        for variable, value in service.env.items()
        if looks_secret(variable, value) and all(kind == "text" for kind, _ in parts(value))
    }
