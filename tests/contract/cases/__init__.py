"""What the contract suite has to know of each channel: one module a channel, named like it, with its `SPEC`."""

from __future__ import annotations

from importlib import import_module

from distributor.channels import registry
from tests.contract.cases.spec import Spec

SPECS: dict[str, Spec] = {name: import_module(f"{__name__}.{name}").SPEC for name in registry.names()}

EVERY = tuple(SPECS)
NETWORKED = tuple(name for name in EVERY if registry.get(name).fields)
POSTING = tuple(name for name in NETWORKED if not registry.get(name).capabilities.addressed)
LOOKUP = tuple(name for name in POSTING if registry.get(name).capabilities.lookup)
IDEMPOTENT = tuple(name for name in POSTING if registry.get(name).capabilities.idempotent)
NOTICING = tuple(name for name in LOOKUP if SPECS[name].notices_repeats)
REFUSING = tuple(name for name in NOTICING if SPECS[name].refuses_old_words)
