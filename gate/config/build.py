"""Checked models to Settings, with variables filled in and defaults that depend on other keys."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from gate.config import environments, schema, settings
from gate.config.placeholders import expand, parts
from gate.config.redaction import looks_secret
from gate.config.texts import texts


def build(file: schema.File, root: Path, environ: Mapping[str, str], environment: str) -> settings.Settings:
    """All of the file for one environment, frozen; what ``check`` found wrong must not come here."""
    process = file.environments.process if environment == "process" else None
    services = (
        {name: _service(name, one, environ) for name, one in process.services.items()} if process else {}
    )
    compose = _compose(file.environments.compose, environ) if environment == "compose" else None
    return settings.Settings(
        root=root,
        service=file.service,
        services=MappingProxyType(services),
        compose=compose,
        stimuli=settings.Stimuli(
            to=file.stimuli.to or next(iter(compose.services if compose else services)),
            order=file.stimuli.order,
            pace=file.stimuli.pace,
            timeout=file.stimuli.timeout,
        ),
        bundles=tuple(file.bundles),
        migrate=tuple(
            settings.Migration(service=one.service, run=_words(one.run, environ)) for one in file.migrate
        ),
        settle=settings.Settle(quiet=file.settle.quiet, timeout=file.settle.timeout),
        stores=tuple(_state(one) for one in file.stores(environment)),
        warmup=tuple(_warmup(one) for one in file.warmup),
        outward=tuple(file.outward.hosts),
        observe=_observe(file, environment),
        compare=settings.Compare(
            ignore=tuple(file.compare.ignore),
            time=file.compare.tolerance.time,
            number=file.compare.tolerance.number,
            highlight=tuple(file.compare.highlight),
        ),
        secrets=MappingProxyType(_secrets(file, environ, environment)),
        credentials=MappingProxyType(_credentials(file, environment)),
    )


def _service(name: str, service: environments.Service, environ: Mapping[str, str]) -> settings.Service:
    return settings.Service(
        name=name,
        command=_words(service.command, environ),
        ready=service.ready,
        env=_env(service.env, environ),
        cwd=service.cwd,
        start_timeout=service.start_timeout,
    )


def _compose(compose: environments.Compose | None, environ: Mapping[str, str]) -> settings.Compose:
    assert compose is not None
    services = {
        name: settings.Container(
            name=name,
            port=one.port,
            ready=one.ready,
            env=_env(one.env, environ),
            build=one.build,
            start_timeout=one.start_timeout,
        )
        for name, one in compose.services.items()
    }
    return settings.Compose(
        file=compose.file,
        services=MappingProxyType(services),
        env=_env(compose.env, environ),
        allow=tuple((one.service, one.what) for one in compose.allow),
        reach=compose.reach,
    )


def _state(store: environments.Store) -> settings.Store:
    return settings.Store(
        store=store.store,
        kind=store.kind,
        path=store.path or "",
        service=store.service or "",
        database=store.database or "",
        keys=tuple(store.keys),
    )


def _env(env: Mapping[str, str], environ: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({name: expand(value, environ.__getitem__) for name, value in env.items()})


def _warmup(warmup: schema.Warmup) -> settings.Warmup:
    method, path = warmup.request.split(" ", 1)
    return settings.Warmup(method=method, path=path, times=warmup.times)


def _observe(file: schema.File, environment: str) -> settings.Observe:
    only = next((one.store for one in file.stores(environment) if one.kind != "redis"), "")
    rows = tuple(
        settings.Rows(store=one.store or only, table=one.table, key=tuple(one.key))
        for one in file.observe.rows
    )
    return settings.Observe(
        headers=tuple(file.observe.responses.headers),
        rows=rows if "rows" in file.observe.model_fields_set else None,
        messages=tuple(
            settings.Messages(
                store=one.store or only,
                table=one.table,
                order_by=one.order_by,
                key=one.key,
                published=one.published or None,
            )
            for one in file.observe.messages
        ),
    )


def _words(words: Iterable[str], environ: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(expand(word, environ.__getitem__) for word in words)


def _secrets(file: schema.File, environ: Mapping[str, str], environment: str) -> dict[str, str]:
    return {
        word: environ[word]
        for _, text, _ in texts(file, environment)
        for kind, word in parts(text)
        if kind == "variable"
    }


def _credentials(file: schema.File, environment: str) -> dict[str, str]:
    """What stands in the file itself as the value of a variable whose name says that it is a credential."""
    return {
        variable: value
        for loc, value, _ in texts(file, environment)
        if loc[-2] == "env" and looks_secret(variable := str(loc[-1]), value)
        if all(kind == "text" for kind, _ in parts(value))
    }
