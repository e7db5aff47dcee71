"""Link: one identity for the records of one person in both registers.

`link_registers` is the nightly step; `link_files` links any two person files and trains itself.
"""

from jobs.link.engine.engines import DuckDB, Engine, engine_named
from jobs.link.files.person_files import link_files
from jobs.link.linking import Linked, link_registers
from jobs.link.model.linkage_model import Model, current_model, model_of, read_model
from jobs.link.train.training import train_model

__all__ = [
    "DuckDB",
    "Engine",
    "Linked",
    "Model",
    "current_model",
    "engine_named",
    "link_files",
    "link_registers",
    "model_of",
    "read_model",
    "train_model",
]
