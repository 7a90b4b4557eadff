"""A disk that fails at a chosen step, under the real program: see failing_disk.c."""
import functools
import os
import pathlib
import subprocess
import tempfile

from support import server as program

SOURCE = pathlib.Path(__file__).with_name("failing_disk.c")
#: Every step where a machine has the time; else so many, spread evenly, and each that ends something (names and fsyncs).
MOST = int(os.environ.get("SWITCHBOARD_FAULT_POINTS", "8"))


@functools.cache
def library() -> pathlib.Path:
    made = pathlib.Path(tempfile.mkdtemp(prefix="failing-disk-")) / "failing_disk.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


def settings(folder: pathlib.Path, fault: str = "", at: int = 0, trace: pathlib.Path | None = None) -> dict[str, str]:
    """The environment of a program whose files below `folder` lie on that disk."""
    return {"LD_PRELOAD": str(library()), "DISK_FOLDER": str(folder), "DISK_FAULT": fault, "DISK_AT": str(at)} | (
        {"DISK_TRACE": str(trace)} if trace else {})


def run(*arguments: str, data: pathlib.Path, fault: str = "", at: int = 0, trace: pathlib.Path | None = None, **more: object):
    return program.command(*arguments, data=data, timeout=60, **settings(data, fault, at, trace), **more)


def steps(*arguments: str, data: pathlib.Path, **more: object) -> list[str]:
    """What the command does to files, in order; it must succeed."""
    trace = data.parent / "trace"
    trace.unlink(missing_ok=True)
    done = run(*arguments, data=data, trace=trace, **more)
    assert done.returncode == 0, done.stderr
    return trace.read_text().splitlines()


def chosen(made: list[str]) -> list[int]:
    """Which of these steps are tried, from 1."""
    ends = [at for at, step in enumerate(made, 1) if step.split()[0] in ("fsync", "fdatasync", "rename")]
    spread = [1 + at * (len(made) - 1) // max(1, MOST - 1) for at in range(MOST)]
    keep = ends if len(ends) <= MOST else [ends[at * len(ends) // MOST] for at in range(MOST)] + ends[-3:]
    return sorted(set(spread) | set(keep))
