"""The files of a published night, put where readers find them."""

import shutil

from jobs.operate.databases import warehouse
from jobs.operate.run.run_folder import RunFolder
from jobs.operate.run.run_outcomes import in_words
from jobs.runtime.errors import NotPlaced
from jobs.runtime.files import whole_folder
from jobs.warehouse import remove_old


def place_files(run: RunFolder) -> None:
    """Put pages and corrections where readers find them, and clear away what is old.

    The night is published before, and stays so if this fails; it can be run again by itself.

    Raises:
        NotPlaced: what could not be done.
    """
    try:
        with whole_folder(run.pages) as folder:
            shutil.copytree(run.folder / "site", folder, dirs_exist_ok=True)
        with whole_folder(run.corrections) as folder:
            shutil.copytree(run.folder / "corrections", folder, dirs_exist_ok=True)
            folder.chmod(0o700)
        if run.settings.keep_days is not None:
            with warehouse(run.settings) as engine:
                remove_old(engine, keep_days=run.settings.keep_days)
        run.forget_old_runs()
    except Exception as error:
        raise NotPlaced(
            f"night [{run.as_of}]",
            f"is published, but not all of its files are in place ({in_words(error)})",
            "mend that, then run the same night or the task place again",
        ) from error
