"""The manifest of a publication: what it depends on and what it holds, and so what it is called."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from jobs.runtime.files import canonical_json, text_digest

MANIFEST_VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything that a publication depends on; the same manifest gives the same publication.

    ``inputs`` are the landings with their hashes, ``decisions`` the digests of what the warehouse
    gave to the night (reviewers' decisions, known identities), ``settings`` those that change a
    result. ``trusted`` are the texts of the site's people that the night goes by, with their
    digests, and ``results`` the digests of what it holds, by table, so that its id attests them
    too. All must be JSON.
    """

    as_of: date
    inputs: Mapping[str, Any]
    decisions: Mapping[str, Any] = field(default_factory=dict)
    contract_version: str
    code_version: str
    policy_version: str
    model_version: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    trusted: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)

    @property
    def publication_id(self) -> str:
        """Digest of the manifest."""
        return identity_of(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The manifest as kept in ``run.publications``."""
        plain = {name: _plain(value) for name, value in asdict(self).items()}
        return {"manifest_version": MANIFEST_VERSION, **plain}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Manifest":
        """The manifest that `as_json` gave."""
        told = {name: value for name, value in given.items() if name != "manifest_version"}
        return cls(**told | {"as_of": date.fromisoformat(told["as_of"])})


def identity_of(manifest: Mapping[str, Any]) -> str:
    """The id of the publication of a manifest, as JSON."""
    return text_digest("publication", canonical_json(manifest))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
