"""Who works on this machine, by the word of its operating system."""

import os
import pwd


def machine_user() -> str:
    """The name of the user whose process this is; ``user 1000`` where the system has none for it.

    Not what the environment says (``USER``, ``LOGNAME``), which anybody may set.
    """
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
