"""Modules that few of a process's tasks need: loaded when one does, and not at its start."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any


class LazyModule(ModuleType):
    """Stands for the module of its name, which is imported once something of it is asked for.

    Not `importlib.util.LazyLoader`: before Python 3.11.8 a second thread could see a module that is half loaded.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)
