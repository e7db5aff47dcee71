"""The life of the linkage model: candidates on disk, approvals in the warehouse, the one in use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from jobs.link import Model, current_model, model_of, read_model
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, whole_folder
from jobs.runtime.settings import Settings
from jobs.warehouse import approve_model, approved_model

MODEL: Final = "model.json"
QUALITY: Final = "quality.json"
PAGE: Final = "quality.html"


def model_in_use(engine: sa.Engine) -> Model:
    """The model that nights use: the last that a named person approved, else the code's own.

    Raises:
        BadInput: the approved model is not one that this code can read.
    """
    text = approved_model(engine)
    return current_model() if text is None else model_of(text, where="the approved model")


def candidates(settings: Settings) -> list[str]:
    """Versions of the models that were trained here, in order of name."""
    return sorted(path.parent.name for path in _folder(settings).glob(f"*/{MODEL}"))


def candidate_folder(settings: Settings, version: str) -> Path:
    """Where a trained model and what was measured of it are.

    Raises:
        BadInput: no model of that version was trained here.
    """
    folder = _folder(settings) / version
    if version not in candidates(settings):
        known = ", ".join(candidates(settings)) or "none yet"
        raise BadInput(
            f"model [{version}]",
            "no such model was trained here",
            f"train it, or use one of: {known}",
        )
    return folder


def store_candidate(
    settings: Settings, *, model: Model, quality: Mapping[str, Any], page: str
) -> Path:
    """Keep a trained model with its parameters and what was measured of it; give its folder.

    Training the same data again gives the same files.
    """
    target = _folder(settings) / model.version
    with whole_folder(target) as folder:
        model.write(folder / MODEL)
        (folder / QUALITY).write_text(canonical_json(quality), encoding="utf-8")
        (folder / PAGE).write_text(page, encoding="utf-8")
    return target


def approve_candidate(
    settings: Settings,
    engine: sa.Engine,
    *,
    version: str,
    by: str,
    reason: str,
    actor: str | None = None,
) -> Model:
    """Put a trained model to use from the next night on, by a named person's word.

    Raises:
        BadInput: no such model was trained here, or the name or the reason is missing.
    """
    folder = candidate_folder(settings, version)
    model = read_model(folder / MODEL)
    approve_model(
        engine,
        version=model.version,
        digest=model.digest,
        model=model.text,
        quality=(folder / QUALITY).read_text(encoding="utf-8"),
        by=by,
        reason=reason,
        actor=actor,
    )
    return model


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "models"
