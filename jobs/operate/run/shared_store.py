"""An object store between workers that share no disk: parts of a run, whole or not there.

A worker's ``data_dir`` stays on its own disk. Before a step it fetches what earlier steps left, and
after it gives what the step left, under the setting ``shared_store`` (any URL of fsspec, such as
``s3://bucket/folder``). A store knows no renaming of folders: the files of a part get names of
their own, and its index, which names them with their digests, is written last. Without an index
there is no part, and of two indexes the last one counts.
"""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import fsspec

from jobs.runtime.errors import BadInput, store_error
from jobs.runtime.files import canonical_json, file_digest, whole_folder

INDEX: Final = "index.json"


@dataclass(frozen=True, kw_only=True)
class SharedStore:
    """Parts under a URL, each a folder; ``folder`` is where they are on this machine."""

    url: str
    folder: Path

    def give(self, part: str) -> None:
        """Copy a local part to the store; a part that is the store's already costs one look.

        Raises:
            BadInput: the store's URL, driver or rights are wrong.
            Unreachable: the store does not answer.
        """
        local = self.folder / part
        if not local.is_dir():
            return
        paths = (path for path in sorted(local.rglob("*")) if path.is_file())
        files = {
            path.relative_to(local).as_posix(): file_digest(path)
            for path in paths
            if not path.name.startswith(".")
        }
        try:
            store, root = self._open()
            known = self._index(store, root, part)
            if known is not None and known["files"] == files:
                return
            place = f"{root}/{part}/{uuid.uuid4().hex}"
            for name in files:
                store.put_file(str(local / name), f"{place}/{name}")
            index = {"place": place.removeprefix(f"{root}/"), "files": files}
            store.pipe_file(f"{root}/{part}/{INDEX}", canonical_json(index).encode())
        except Exception as error:
            raise self._plain(error) from error

    def fetch(self, part: str) -> None:
        """Copy a part from the store, unless this machine has the same; nothing if there is none.

        Raises:
            BadInput: a file of it is not what its index says.
            Unreachable: the store does not answer.
        """
        try:
            store, root = self._open()
            index = self._index(store, root, part)
            if index is None or self._is_held(part, index):
                return
            with whole_folder(self.folder / part) as made:
                for name, digest in index["files"].items():
                    (made / name).parent.mkdir(parents=True, exist_ok=True)
                    store.get_file(f"{root}/{index['place']}/{name}", str(made / name))
                    _refuse_changed(made / name, digest, part)
        except Exception as error:
            raise self._plain(error) from error

    def parts(self, folder: str) -> list[str]:
        """Parts directly under a folder of the store."""
        try:
            store, root = self._open()
            found = [str(path) for path in store.glob(f"{root}/{folder}/*/{INDEX}")]
        except Exception as error:
            raise self._plain(error) from error
        tail = f"/{INDEX}"
        return sorted(path[path.index(f"{folder}/") :].removesuffix(tail) for path in found)

    def _open(self) -> tuple[Any, str]:
        store, root = fsspec.url_to_fs(self.url)
        # What another machine wrote a moment ago is to be seen.
        store.invalidate_cache()
        return store, root.rstrip("/")

    def _index(self, store: Any, root: str, part: str) -> dict[str, Any] | None:
        try:
            text = store.cat_file(f"{root}/{part}/{INDEX}")
        except FileNotFoundError:
            return None
        index: dict[str, Any] = json.loads(text)
        return index

    def _is_held(self, part: str, index: dict[str, Any]) -> bool:
        local = self.folder / part
        return (
            all(
                (local / name).is_file() and file_digest(local / name) == digest
                for name, digest in index["files"].items()
            )
            and local.is_dir()
        )

    def _plain(self, error: Exception) -> Exception:
        return store_error(error, what="shared store", url=self.url)


def _refuse_changed(file: Path, digest: str, part: str) -> None:
    if file_digest(file) != digest:
        raise BadInput(
            f"shared store, part [{part}]",
            f"file [{file.name}] is not what its index says",
            "run the step that left it again",
        )
