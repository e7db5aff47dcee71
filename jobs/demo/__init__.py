"""An invented world whose truth is known: the demo, the test bed and the benchmark's data.

Nothing here is read by the night. See `build_world`, `write_world` and `load_world`.
"""

from jobs.demo.loading import load_world
from jobs.demo.noise import Noise, noise_named
from jobs.demo.population import DEFAULT_PEOPLE, Size
from jobs.demo.world import History, World, build_history, build_world, on_night
from jobs.demo.writing import write_world

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
