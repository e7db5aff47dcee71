"""An invented world whose truth is known: for a first run, for tests and for benchmarks.

Nothing here is read by the night. See `build_world`, `write_world` and `load_world`.
"""

from jobs.synthetic.base.noise import Noise, noise_named
from jobs.synthetic.output.loading import load_world
from jobs.synthetic.output.writing import write_world
from jobs.synthetic.people.world_size import DEFAULT_PEOPLE, Size
from jobs.synthetic.world import History, World, build_history, build_world, on_night

__all__ = [
    "DEFAULT_PEOPLE",
    "History",
    "Noise",
    "Size",
    "World",
    "build_history",
    "build_world",
    "load_world",
    "noise_named",
    "on_night",
    "write_world",
]
