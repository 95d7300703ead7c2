"""Create or upgrade the schema, of the read store too: `python -m billing.migrate`."""

import logging
import os
import sys

from billing import logs
from billing.logs import fields
from billing.settings import BadSettings, Settings
from billing.store import schema
from billing.store.database import DatabaseUnavailable
from billing.store.opening import make_database, open_database

log = logging.getLogger("billing.migrate")


def migrate(url: str) -> list[str]:
    """Bring one database up to the newest schema."""
    database = open_database(url)
    try:
        return schema.upgrade(database)
    finally:
        database.close()


def main() -> int:
    logs.configure()
    try:
        settings = Settings.from_environment(os.environ)
    except BadSettings as error:
        log.error("bad settings: %s", error)
        return 2
    try:
        if settings.read_database:
            make_database(settings.read_database)
        for url in filter(None, (settings.database, settings.read_database)):
            log.info("schema is up to date", extra=fields(applied=migrate(url)))
    except DatabaseUnavailable as error:
        log.error("no database: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
