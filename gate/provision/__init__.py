"""Plan a side, bring it up, and tell when it has finished."""

from gate.provision.bring_up import bring_up, warm_up
from gate.provision.plan import Place, places, plan
from gate.provision.settle import settle

__all__ = ["Place", "bring_up", "places", "plan", "settle", "warm_up"]
