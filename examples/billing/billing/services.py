"""What the rules work with: the two stores, the cache of merchants and the provider."""

from dataclasses import dataclass

from billing.provider_client import Provider
from billing.store.catalogue import MerchantCache
from billing.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`primary` decides; `reads` may be late, so it serves lists and reports only."""

    primary: Database
    reads: Database
    merchants: MerchantCache
    provider: Provider
