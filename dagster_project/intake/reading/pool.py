"""The pool: files are read in a few processes of their own, so that one file can neither stop nor slow the rest.

Belongs here: processes, their limits of time and memory, and what becomes of a file that breaks them. Stays out:
reading itself. A worker imports what reading needs, and neither Great Expectations nor dbt.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from dagster_project.contracts import FileKind
from dagster_project.intake.reading.agreed import read_agreed
from dagster_project.intake.reading.sheets import UnusableFileError

WORKERS = 2
# Files that wait, read, in memory for their turn.
READ_AHEAD = 6
# No file of a month takes longer; one of many megabytes may take a little more for each.
MOST_SECONDS, SECONDS_PER_MEGABYTE = 60, 2
# The memory that a worker may ask for, its libraries included.
MOST_MEMORY = 6 * 1024**3


Result = TypeVar("Result")
How = ParamSpec("How")


@dataclass(frozen=True)
class ReadingTask:
    """A file, its agreed kind, and by sheet the headers that cannot be missed."""

    path: Path
    kind: FileKind
    needed: dict[str | None, frozenset[str]]


def read_in_pool(tasks: Sequence[ReadingTask]) -> Iterator[object]:
    """For each task in order, its `AgreedFile`, or the `UnusableFileError` that says why there is none.

    A file whose process ended or took too long is read once more by itself: what becomes of a file is not decided by
    its neighbours, by a machine short of memory or by a clock that was set.
    """
    unread = list(tasks)
    while unread:
        given = 0
        try:
            for result in _read_together(unread):
                yield result
                given += 1
            return
        # The pool itself broke: a reader's own errors come as `UnusableFileError`.
        except RuntimeError:
            if given == len(unread):
                return
            yield _read_alone(unread[given])
            unread = unread[given + 1 :]


def _read_together(tasks: Sequence[ReadingTask]) -> Iterator[object]:
    waiting: deque[tuple[ReadingTask, ProcessFuture[object]]] = deque()
    remaining = iter(tasks)
    with _pool(min(WORKERS, len(tasks))) as pool:
        while True:
            while len(waiting) < READ_AHEAD and (task := next(remaining, None)) is not None:
                waiting.append((task, _schedule(pool, task)))
            if not waiting:
                break
            task, future = waiting.popleft()
            try:
                yield future.result()
            except UnusableFileError as error:
                yield error
            except (TookTooLong, ProcessExpired):
                # By itself: what is being read beside it ends first.
                wait([other for _, other in waiting])
                yield _read_alone(task)


def _read_alone(task: ReadingTask) -> object:
    with _pool(1) as pool:
        return _result(_schedule(pool, task))


def _schedule(pool: ProcessPool, task: ReadingTask) -> ProcessFuture[object]:
    arguments = [read_agreed, task.path, task.kind, task.needed]
    return pool.schedule(_read, args=arguments, timeout=_seconds(task.path))


def read_apart(
    read: Callable[Concatenate[Path, How], Result], path: Path, *args: How.args, **kwargs: How.kwargs
) -> Result:
    """What a function of the readers gives for one file, in a process under the same limits.

    Raises `UnusableFileError`.
    """
    with _pool(1) as pool:
        found = _result(pool.schedule(_read, args=[read, path, *args], kwargs=kwargs, timeout=_seconds(path)))
    if isinstance(found, UnusableFileError):
        raise found
    return cast(Result, found)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPool]:
    # A process of its own from the start: a fork of this one would carry its threads' locks.
    context = multiprocessing.get_context("spawn")
    with ProcessPool(max_workers=workers, context=context, initializer=_limit_memory) as pool:
        try:
            yield pool
        finally:
            pool.stop()  # type: ignore[no-untyped-call]


def _seconds(path: Path) -> float:
    return MOST_SECONDS + SECONDS_PER_MEGABYTE * path.stat().st_size / 1024**2


def _result(future: ProcessFuture[object]) -> object:
    try:
        return future.result()
    except UnusableFileError as error:
        return error
    except TookTooLong:
        return UnusableFileError("took_too_long")
    except ProcessExpired:
        return UnusableFileError("reading_failed")


def _limit_memory() -> None:
    """Before the first file; what asks for more fails in the worker alone."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    # A reader that breaks down prints where, which helps nobody who builds.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # A crash leaves no image of the memory, which would hold rows.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(read: Callable[..., object], *args: object, **kwargs: object) -> object:
    try:
        return read(*args, **kwargs)
    except UnusableFileError:
        raise
    except BaseException:
        # Texts of errors of libraries may repeat values; a panic of their Rust is no Exception.
        raise UnusableFileError("reading_failed") from None
