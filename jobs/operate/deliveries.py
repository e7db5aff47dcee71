"""Has each register delivered for a night? Asked before it begins, without landing anything."""

from datetime import date

from jobs.contract.registers import REGISTERS
from jobs.extract import feed_date, has_landing
from jobs.operate.databases import databases
from jobs.operate.run.run_folder import RunFolder
from jobs.runtime.errors import NotDelivered, Unreachable
from jobs.runtime.files import user_path
from jobs.runtime.settings import Settings


def undelivered(*, as_of: date, fetch_again: bool, settings: Settings) -> tuple[str, ...]:
    """What each register that has not delivered for a night says instead, a line for each.

    A landing is a delivery, unless the register is to be read again. A register that cannot be
    reached has not delivered: it may come back before the time is up.

    Raises:
        BadInput: a register cannot be read for a reason that waiting does not mend.
    """
    lines = []
    RunFolder(as_of=as_of, label="deliveries", settings=settings).fetch_landings()
    with databases(settings) as opened:
        for register in REGISTERS:
            if not fetch_again and has_landing(
                register=register, as_of=as_of, folder=settings.data_dir / "landing"
            ):
                continue
            line = _late(register, opened.register(register), as_of, settings)
            if line:
                lines.append(line)
    return tuple(lines)


def refuse_undelivered(lines: tuple[str, ...], *, as_of: date) -> None:
    """Stop the night if a register has not delivered.

    Raises:
        NotDelivered: naming each that has not.
    """
    if lines:
        raise NotDelivered(
            f"night [{as_of}]",
            "; ".join(lines),
            "have it delivered, then clear this task; nothing was published",
        )


def _late(register: str, source: str, as_of: date, settings: Settings) -> str:
    where = f"setting [{register}]"
    if "://" not in source and not any(user_path(source, where=where).glob("**/*")):
        return f"table [{register}.feed] is not there: nothing was delivered"
    try:
        stands = feed_date(
            register=register,
            source=source,
            mapping=getattr(settings, f"{register}_mapping"),
            silence=settings.silence_seconds,
        )
    except Unreachable as error:
        return f"{error.where}: {error.what}"
    if stands < as_of:
        return f"table [{register}.feed] is late: it stands at [{stands}]"
    return ""
