"""What was published, as it is known outside the warehouse: a file for each publication.

The owner of the database can change what it holds and what its triggers do, so the link of each
publication is also written where he cannot: a file under ``data_dir/publications``, signed if the
site has a key. Every night, before it publishes, the warehouse is held against them.
"""

import json
import logging
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from jobs.runtime.errors import BadInput
from jobs.runtime.fail_points import reached
from jobs.runtime.files import canonical_json, write_whole
from jobs.runtime.machine_user import machine_user
from jobs.runtime.settings import Settings
from jobs.warehouse import CheckOverride, Manifest, Publication, publications, publish
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.publishing import publication
from jobs.warehouse.store.tables import ERASURES
from jobs.warehouse.store.verification import (
    Alteration,
    chain_digests,
    verify_chain,
    verify_rows,
)

log = logging.getLogger(__name__)

FOLDER: Final = "publications"
"""Where the files are, under ``data_dir``."""
NAMESPACE: Final = "deportation-reconciliation"
"""What a signature is for, in the words of ``ssh-keygen -Y``."""
_ACCEPTED: Final = "accepted.json"


@dataclass(frozen=True, kw_only=True)
class Attestation:
    """The files of the publications of one installation."""

    settings: Settings

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self.settings.data_dir / FOLDER

    def foretell(self, published: Publication) -> None:
        """Write the file of a publication that is about to be committed."""
        said = {
            "publication_number": published.number,
            "publication_id": published.publication_id,
            "as_of_date": published.as_of.isoformat(),
            "content_digest": published.content_digest,
            "chain_digest": published.chain_digest,
        }
        write_whole(self._foretold(published.number), canonical_json(said) + "\n")

    def confirm(self, published: Publication) -> None:
        """Give the file its name, once the publication is committed; sign it if there is a key."""
        self._confirm(published.number)

    def _confirm(self, number: int) -> None:
        foretold, path = self._foretold(number), self._file(number)
        if foretold.exists():
            self._sign(foretold)
            foretold.replace(path)
            reached("attestation.named")

    def attest_erasures(self, connection: sa.Connection, numbers: Iterable[int]) -> None:
        """Write what an erasure that is about to be committed says of publications."""
        for said in _erasures(connection, numbers):
            write_whole(self._erasure(said["erasure_number"]), canonical_json(said) + "\n")

    def numbers(self) -> set[int]:
        """The publications that a file attests; one that was taken out of the warehouse, too."""
        return {int(path.stem) for path in self.folder.glob("[0-9]*.json")}

    def copy(self, target: Path, *, numbers: Iterable[int]) -> None:
        """Copy what attests these publications, and what was erased and accepted.

        A night may be published meanwhile: a foretold file is confirmed at any time.
        """
        if not self.folder.is_dir():
            return
        target.mkdir()
        for number in sorted(numbers):
            foretold = self._foretold(number)
            _copy(foretold, target)
            if _copy(self._file(number), target):
                (target / foretold.name).unlink(missing_ok=True)
            _copy(self._signature(number), target)
        for path in (*self.folder.glob("erasure-*.json"), self.folder / _ACCEPTED):
            _copy(path, target)

    def alterations(self, engine: sa.Engine, *, of: Iterable[Publication]) -> list[Alteration]:
        """What is not as it was published, less what a named person has accepted.

        Args:
            engine: the warehouse.
            of: the publications whose rows are looked at; the chain is looked at whole.
        """
        with transaction(engine) as connection:
            digests = chain_digests(connection)
        found = [*verify_chain(engine), *self._held_against(digests)]
        found += self._unattested_erasures(engine)
        for each in of:
            found += verify_rows(engine, each)
        accepted = {entry["alteration"] for entry in self.accepted()}
        return [one for one in found if str(one) not in accepted]

    def accepted(self) -> list[dict[str, str]]:
        """The alterations that people answer for: alteration, by, recorded_by, reason, on."""
        path = self.folder / _ACCEPTED
        return list(json.loads(path.read_text())) if path.exists() else []

    def accept(self, found: Iterable[Alteration], *, by: str, reason: str) -> None:
        """Write down that a named person answers for alterations, so that nights go on.

        Raises:
            BadInput: the name or the reason is missing.
        """
        if not by.strip() or not reason.strip():
            raise BadInput("an acceptance", "lacks a name or a reason", "give both")
        on = datetime.now(UTC).isoformat(timespec="seconds")
        word = {"by": by, "recorded_by": machine_user(), "reason": reason, "on": on}
        added = [{"alteration": str(each), **word} for each in found]
        write_whole(self.folder / _ACCEPTED, canonical_json([*self.accepted(), *added]) + "\n")

    def refuse_altered(self, engine: sa.Engine, *, of: Iterable[Publication]) -> None:
        """Refuse to publish upon what was altered.

        Raises:
            BadInput: something is not as it was published.
        """
        found = self.alterations(engine, of=of)
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise BadInput(
                found[0].where,
                f"{found[0].what}{more}",
                "see python -m jobs publications verify; restore the warehouse from its backup, "
                "or answer for it with python -m jobs publications accept",
            )

    def _held_against(self, digests: Mapping[int, str]) -> list[Alteration]:
        """Hold the links that the warehouse keeps against the files."""
        if not self.folder.exists() and digests:
            log.warning("no publication is known outside the warehouse yet: it is taken as it is")
            self._begin(digests)
        self._settle(digests)
        known = {number: self._file(number) for number in self.numbers()}
        found = []
        for number in sorted(set(known) | set(digests)):
            where = f"publication number [{number}]"
            if number not in digests:
                found.append(Alteration(where=where, what="is missing from the warehouse"))
            elif number not in known:
                what = "has no file outside: it was put in by hand, or its file is gone"
                found.append(Alteration(where=where, what=what))
            elif _read(known[number]).get("chain_digest") != digests[number]:
                found.append(Alteration(where=where, what="is not the one that its file attests"))
            elif not self._is_signed(known[number]):
                found.append(Alteration(where=where, what="its file lacks the site's signature"))
        return found

    def _unattested_erasures(self, engine: sa.Engine) -> Iterator[Alteration]:
        with transaction(engine) as connection:
            for said in _erasures(connection):
                path = self._erasure(said["erasure_number"])
                if not path.exists() or _read(path) != said:
                    where = f"erasure number [{said['erasure_number']}]"
                    yield Alteration(where=where, what="has no file outside: it was put in by hand")

    def _begin(self, digests: Mapping[int, str]) -> None:
        self.folder.mkdir(parents=True)
        for number, digest in digests.items():
            said = {"publication_number": number, "chain_digest": digest}
            self._foretold(number).write_text(canonical_json(said) + "\n")

    def _settle(self, digests: Mapping[int, str]) -> None:
        """Name the files of runs that were killed after the commit; remove those of before."""
        for path in self.folder.glob("*.foretold"):
            number = int(path.stem)
            if digests.get(number) == _read(path).get("chain_digest"):
                self._confirm(number)
            elif number not in digests:
                path.unlink()

    def _sign(self, path: Path) -> None:
        key = self.settings.signing_key
        if key is None:
            return
        _ssh_keygen(
            "sign", "-f", str(key), "-n", NAMESPACE, str(path), where="setting [signing_key]"
        )
        number = int(path.stem)
        path.with_name(path.name + ".sig").replace(self._signature(number))

    def _is_signed(self, path: Path) -> bool:
        signers = self.settings.signers
        if signers is None:
            return True
        signature = self._signature(int(path.stem))
        if not signature.exists():
            return False
        principals = _ssh_keygen(
            "find-principals", "-f", str(signers), "-s", str(signature), where="setting [signers]"
        )
        who = principals.stdout.decode().split()
        if principals.returncode or not who:
            return False
        checked = _ssh_keygen(
            "verify", "-f", str(signers), "-I", who[0], "-n", NAMESPACE, "-s", str(signature),
            where="setting [signers]", given=path.read_bytes(),
        )  # fmt: skip
        return checked.returncode == 0

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:08d}.json"

    def _erasure(self, number: int) -> Path:
        return self.folder / f"erasure-{number:08d}.json"

    def _foretold(self, number: int) -> Path:
        return self.folder / f"{number:08d}.foretold"

    def _signature(self, number: int) -> Path:
        return self.folder / f"{number:08d}.sig"


def publish_attested(
    engine: sa.Engine,
    *,
    settings: Settings,
    manifest: Manifest,
    tables: Mapping[str, pd.DataFrame],
    audit: Callable[[sa.Connection, Publication], None],
    override: CheckOverride | None = None,
    committed: list[str] | None = None,
) -> Publication:
    """Publish a night upon what is as it was published, and attest it; see `publish`.

    ``committed`` takes the publication's id at once, so that what fails after it undoes no verdict.

    Raises:
        BadInput: something that the night rests on was altered since it was published.
    """
    attestation = Attestation(settings=settings)
    refuse_altered(engine, settings=settings, as_of=manifest.as_of)

    def audited(connection: sa.Connection) -> None:
        written = publication(connection, manifest.publication_id)
        audit(connection, written)
        attestation.foretell(written)

    made = publish(engine, manifest=manifest, tables=tables, audit=audited, override=override)
    if committed is not None:
        committed.append(made.publication_id)
    attestation.confirm(made)
    return made


def refuse_altered(engine: sa.Engine, *, settings: Settings, as_of: date) -> None:
    """Refuse to go on if something that a night rests on was altered since it was published.

    Raises:
        BadInput: see `Attestation.refuse_altered`.
    """
    rested_on = publications_rested_on(engine, as_of=as_of)
    Attestation(settings=settings).refuse_altered(engine, of=rested_on)


def publications_rested_on(engine: sa.Engine, *, as_of: date) -> list[Publication]:
    """Those that a night rests on: the current ones of its own date and of the night before."""
    current = [each for each in publications(engine) if each.is_current and each.as_of <= as_of]
    last = sorted({each.as_of for each in current})[-2:]
    return [each for each in current if each.as_of in last]


def _erasures(
    connection: sa.Connection, numbers: Iterable[int] | None = None
) -> Iterator[dict[str, Any]]:
    columns = ("erasure_number", "publication_number", "table_name", "digest")
    query = sa.select(*(ERASURES.c[name] for name in columns)).order_by(ERASURES.c.erasure_number)
    if numbers is not None:
        query = query.where(ERASURES.c.erasure_number.in_(list(numbers)))
    for row in connection.execute(query).mappings():
        yield dict(row)


def _copy(path: Path, target: Path) -> bool:
    """Copy a file into a folder, if it is there."""
    try:
        shutil.copy2(path, target)
    except FileNotFoundError:
        return False
    return True


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except ValueError:
        return {}


def _ssh_keygen(
    does: str, *arguments: str, where: str, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise BadInput(where, "needs the program ssh-keygen", "install OpenSSH, or unset it")
    done = subprocess.run(  # noqa: S603 - ssh-keygen by its path, no shell
        [program, "-Y", does, *arguments], input=given, capture_output=True, check=False
    )
    if does == "sign" and done.returncode:
        raise BadInput(where, "cannot sign", "name a private key of OpenSSH without a passphrase")
    return done
