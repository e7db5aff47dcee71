"""The model: for each grade of each comparison, its share among true pairs and among others.

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

from jobs.link.compare.comparison_levels import VARIANT, Comparison, Shares
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, text_digest

FOLDER: Final = Path(__file__).parent / "packaged"
CURRENT: Final = FOLDER / "current.json"


@dataclass(frozen=True, kw_only=True)
class Model:
    """A trained model.

    ``trained_on`` says what the shares were learned from (counts and digests, no values);
    it is part of the digest.
    """

    version: str
    shares: Shares
    trained_on: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that the model says."""
        return text_digest(canonical_json(self._plain()))

    def _plain(self) -> dict[str, Any]:
        shares = {
            comparison: {grade: list(pair) for grade, pair in grades.items()}
            for comparison, grades in self.shares.items()
        }
        return {"version": self.version, "trained_on": dict(self.trained_on), "shares": shares}

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
        shares = {
            comparison: {grade: (float(pair[0]), float(pair[1])) for grade, pair in grades.items()}
            for comparison, grades in plain["shares"].items()
        }
        return Model(version=plain["version"], shares=shares, trained_on=plain["trained_on"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise BadInput(
            where, f"not a linkage model ({type(error).__name__})", "train it again"
        ) from None


def current_model() -> Model:
    """The model that comes with the code: in use until a site approves one of its own."""
    return read_model(CURRENT)


def first_shares(comparisons: Iterable[Comparison]) -> dict[str, dict[str, tuple[float, float]]]:
    """What is believed before any data: the shares in the declarations, summing to 1."""
    shares: dict[str, dict[str, tuple[float, float]]] = {}
    for comparison in comparisons:
        same = sum(grade.among_same for grade in comparison.grades)
        others = sum(grade.among_others for grade in comparison.grades)
        is_constant = comparison.name == VARIANT.name
        shares[comparison.name] = {
            grade.name: (
                grade.among_same / same,
                1.0 if is_constant else grade.among_others / others,
            )
            for grade in comparison.grades
        }
    return shares


def usable(model: Model, comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """The comparisons that the model knows, with every grade.

    Raises:
        BadInput: the model knows a comparison under other grades: it is of another version.
    """
    known = tuple(c for c in comparisons if c.name in model.shares)
    for comparison in known:
        grades = [grade.name for grade in comparison.grades]
        if sorted(grades) != sorted(model.shares[comparison.name]):
            raise BadInput(
                f"model [{model.version}]",
                f"other grades of [{comparison.name}] than this code",
                "train it again",
            )
    return known
