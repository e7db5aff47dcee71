"""The model: for each comparison level its m probability, among true pairs, and u, among others.

The night uses a frozen model: training at night would let yesterday's links change because
somebody else's record did. It is the JSON file in ``jobs/link/model/packaged`` until a named person
has approved one that was trained on the site's own registers. Its digest stands in every
publication's manifest.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jobs.link.compare.comparison_levels import VARIANT, Comparison, Parameters
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, text_digest

FOLDER: Final = Path(__file__).parent / "packaged"
CURRENT: Final = FOLDER / "current.json"


@dataclass(frozen=True, kw_only=True)
class Model:
    """A trained model.

    ``trained_on`` says what the parameters were learned from (counts and digests, no values);
    it is part of the digest.
    """

    version: str
    parameters: Parameters
    trained_on: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that the model says."""
        return text_digest(canonical_json(self._plain()))

    def _plain(self) -> dict[str, Any]:
        parameters = {
            comparison: {level: list(pair) for level, pair in levels.items()}
            for comparison, levels in self.parameters.items()
        }
        return {"version": self.version, "trained_on": dict(self.trained_on), "shares": parameters}

    @property
    def name(self) -> str:
        """Version and digest, as a manifest names the model."""
        return f"{self.version}+{self.digest[:12]}"

    @property
    def text(self) -> str:
        """The model as JSON that a person can read and compare."""
        return json.dumps(self._plain(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"

    def write(self, path: Path) -> None:
        """Write `text` to a file."""
        path.write_text(self.text, encoding="utf-8")


def read_model(path: Path) -> Model:
    """Read a model that `Model.write` wrote.

    Raises:
        BadInput: the file is missing or not a model.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"model [{path}]", "no such file", "train one or name another") from None
    return model_of(text, where=f"model [{path}]")


def model_of(text: str, *, where: str) -> Model:
    """The model that `Model.text` says.

    Args:
        text: JSON.
        where: what to call it in an error.

    Raises:
        BadInput: it is not a model.
    """
    try:
        plain = json.loads(text)
        parameters = {
            comparison: {level: (float(pair[0]), float(pair[1])) for level, pair in levels.items()}
            for comparison, levels in plain["shares"].items()
        }
        return Model(
            version=plain["version"], parameters=parameters, trained_on=plain["trained_on"]
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise BadInput(
            where, f"not a linkage model ({type(error).__name__})", "train it again"
        ) from None


def current_model() -> Model:
    """The model that comes with the code: in use until a site approves one of its own."""
    return read_model(CURRENT)


def first_parameters(
    comparisons: Iterable[Comparison],
) -> dict[str, dict[str, tuple[float, float]]]:
    """What is believed before any data: the parameters in the declarations, summing to 1."""
    parameters: dict[str, dict[str, tuple[float, float]]] = {}
    for comparison in comparisons:
        same = sum(level.m for level in comparison.levels)
        others = sum(level.u for level in comparison.levels)
        is_constant = comparison.name == VARIANT.name
        parameters[comparison.name] = {
            level.name: (
                level.m / same,
                1.0 if is_constant else level.u / others,
            )
            for level in comparison.levels
        }
    return parameters


def usable(model: Model, comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """The comparisons that the model knows, with every level.

    Raises:
        BadInput: the model knows a comparison under other levels: it is of another version.
    """
    known = tuple(c for c in comparisons if c.name in model.parameters)
    for comparison in known:
        levels = [level.name for level in comparison.levels]
        if sorted(levels) != sorted(model.parameters[comparison.name]):
            raise BadInput(
                f"model [{model.version}]",
                f"other levels of [{comparison.name}] than this code",
                "train it again",
            )
    return known
