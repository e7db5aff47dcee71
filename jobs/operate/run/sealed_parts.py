"""Parts of a run's folder with the digests that the next step knows them by.

A step leaves a part with a seal: the digest of each of its files, and the seals of the parts that
it was made from. Whoever reads the part later has the digest of the seal from the step that left
it, from memory or through Airflow, never from the folder: so a file that somebody edited between
two steps is refused, and so is one whose seal was written anew to fit.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.runtime.errors import BadInput
from jobs.runtime.files import bytes_digest, canonical_json, file_digest, text_digest, whole_folder

SEAL: Final = "seal.json"
LANDING: Final = "landing"
DELIVERY: Final = "delivery"
LEAVES: Final[Mapping[str, tuple[str, ...]]] = {
    "extract prison": (f"{LANDING} prison", f"{DELIVERY} prison"),
    "extract immigration": (f"{LANDING} immigration", f"{DELIVERY} immigration"),
    "check": ("check", "corrections", "history"),
    "link": ("link",),
    "assess": ("assess",),
    "report": ("audit", "report", "site"),
}
"""What each step leaves: parts of the run's folder, the landing of a register by its manifest, and
what was delivered in it by its content, whichever source and fetch it came by."""


def reading(step: str) -> str:
    """The name under which a part's seal holds the digest of all that its step read but parts."""
    return f"read by {step}"


_READ: Final[Mapping[str, tuple[str, ...]]] = {
    "check": (f"{DELIVERY} prison", f"{DELIVERY} immigration"),
    "link": ("check",),
    "assess": ("check", "link"),
    "report": ("check", "link", "assess", "history"),
}
MADE_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    part: (*parts, reading(step)) for step, parts in _READ.items() for part in LEAVES[step]
}
"""What each part is made from: the same digests of these give the same part."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What a part holds and was made from: SHA-256 of its files, digests of its sources."""

    files: Mapping[str, str]
    made_from: Mapping[str, str]

    @property
    def digest(self) -> str:
        """What the part is known by."""
        return text_digest("part of a run", canonical_json(asdict(self)))


@dataclass(frozen=True, kw_only=True)
class SealedPart:
    """A part as it was left; each file is held against its digest when it is read."""

    folder: Path
    seal: Seal

    def names(self, ending: str = "") -> list[str]:
        """The files of the part, by their path in it."""
        return sorted(name for name in self.seal.files if name.endswith(ending))

    def read(self, name: str) -> bytes:
        """A file, read once: what was held against its digest is what is used.

        Raises:
            BadInput: it is gone or was changed.
            KeyError: the part never held it.
        """
        wanted = self.seal.files[name]
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            raise self._changed(name) from None
        if bytes_digest(content) != wanted:
            raise self._changed(name)
        return content

    def text(self, name: str) -> str:
        """A file of text; see `read`."""
        return self.read(name).decode()

    def table(self, name: str) -> pa.Table:
        """A Parquet file; see `read`."""
        return pq.read_table(pa.BufferReader(self.read(name)))

    def rows(self, name: str) -> int:
        """How many rows a Parquet file holds; see `read`."""
        return int(pq.read_metadata(pa.BufferReader(self.read(name))).num_rows)

    @property
    def is_whole(self) -> bool:
        """Every file is what the seal says."""
        try:
            found = {name: file_digest(self.folder / name) for name in self.seal.files}
        except OSError:
            return False
        return found == dict(self.seal.files)

    def stand_in(self, folder: Path) -> None:
        """Be the part ``folder`` of another run too, under the same seal, whole or not at all.

        Files are shared where the disk can; whoever reads them holds them against the seal.
        """
        with whole_folder(folder) as made:
            for name in (*self.names(), SEAL):
                target = made / name
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    target.hardlink_to(self.folder / name)
                except OSError:
                    shutil.copyfile(self.folder / name, target)

    def copy_to(self, folder: Path) -> None:
        """Copy the part's files into a folder, and nothing else that lies beside them."""
        for name in self.names():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.read(name))

    def _changed(self, name: str) -> BadInput:
        return _refused(self.folder, f"file [{name}] was removed or changed since the step left it")


@contextmanager
def sealing(folder: Path, *, made_from: Mapping[str, str], seals: dict[str, str]) -> Iterator[Path]:
    """Give a temporary folder that becomes ``folder`` under a seal, whole or not at all.

    Its digest is put into ``seals`` under the folder's name.
    """
    with whole_folder(folder) as made:
        yield made
        seal = Seal(
            files={
                path.relative_to(made).as_posix(): file_digest(path)
                for path in sorted(made.rglob("*"))
                if path.is_file()
            },
            made_from=made_from,
        )
        (made / SEAL).write_text(canonical_json(asdict(seal)) + "\n", encoding="utf-8")
    seals[folder.name] = seal.digest


def sealed_part(folder: Path, *, seals: Mapping[str, str] | None) -> SealedPart:
    """A part, held against the digest that the step which left it handed on.

    Args:
        folder: where it is; its name is the part's.
        seals: the digests that are known, by part; None where nobody handed any on: then the part
            need only be what its own seal says.

    Raises:
        BadInput: the part is gone, was changed, or was made from something else than what is known.
    """
    name = folder.name
    try:
        seal = Seal(**json.loads((folder / SEAL).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise _refused(folder, "is gone, or has no seal") from None
    if seals is not None:
        if name not in seals:
            raise _refused(folder, "has no digest handed on by the step that left it")
        if seal.digest != seals[name]:
            raise _refused(folder, "its seal was changed since the step left it")
        for source, digest in seal.made_from.items():
            if source in seals and seals[source] != digest:
                raise _refused(folder, f"was made from another [{source}] than this run's")
    return SealedPart(folder=folder, seal=seal)


def _refused(folder: Path, what: str) -> BadInput:
    step = next((step for step, parts in LEAVES.items() if folder.name in parts), folder.name)
    return BadInput(
        f"part [{folder.name}] of run [{folder.parent.name}]",
        what,
        f"run the step [{step}] and those after it again",
    )
