"""Worker processes that read: started when they are first needed, a bounded number of tasks in flight.

Workers are forked where the platform can do it safely (Linux, one thread); elsewhere they are spawned. They ignore
Ctrl-C, which is their parent's to answer, and end when their parent does, however it ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from types import TracebackType
from typing import Final, ParamSpec, Self, TypeVar

from kg.errors import CasegraphError

P = ParamSpec("P")
T = TypeVar("T")

#: Tasks in flight for each worker: one at work, and what it finds when it has done.
_AHEAD: Final = 2


def processors() -> int:
    """Return how many processors this process may use.

    >>> processors() >= 1
    True
    """
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS or Windows
        return os.cpu_count() or 1


class Workers:
    """A number of processes that run functions of modules.

    Args:
        jobs: how many.

    >>> with Workers(2) as workers:
    ...     tasks = [workers.submit(divmod, 17, by) for by in (5, 3)]
    ...     [workers.result(task) for task in tasks]
    [(3, 2), (5, 2)]
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = max(1, jobs)
        self._pool: ProcessPoolExecutor | None = None
        self._others: set[int | None] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stop()
        self.close()

    @property
    def most(self) -> int:
        """How many tasks should be in flight: more only take memory."""
        return self.jobs * _AHEAD

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin a task.

        Args:
            function: of a module, so that another process finds it.
            args: what it is called with; they are pickled.
            kwargs: the same.

        Raises:
            CasegraphError: if a worker has died.
        """
        if self._pool is None:
            context = multiprocessing.get_context("fork" if _may_fork() else "spawn")
            self._others = {process.pid for process in multiprocessing.active_children()}
            self._pool = ProcessPoolExecutor(self.jobs, context, _begin)
        try:
            return self._pool.submit(function, *args, **kwargs)
        except BrokenProcessPool as error:
            raise _died() from error

    @staticmethod
    def result(task: Future[T]) -> T:
        """Wait for a task and return its result.

        Raises:
            CasegraphError: if a worker has died. What the function itself raises is raised here.
        """
        try:
            return task.result()
        except BrokenProcessPool as error:
            raise _died() from error

    def close(self) -> None:
        """Drop the tasks that are not begun, and end the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _stop(self) -> None:
        """End the processes at once: what they are at is not wanted any more."""
        if self._pool is not None:
            # The pool is shut down, and waited for, by `close`: it sees that its processes are gone.
            for process in multiprocessing.active_children():
                if process.pid not in self._others:
                    process.terminate()


def _may_fork() -> bool:
    # A copy of a process has one of its threads, and every lock that the others held.
    return sys.platform == "linux" and threading.active_count() == 1


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a parent does with a signal is not done again by each of its children.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        # A parent that was killed tells nobody; without this its workers would wait for tasks for ever.
        os._exit(1)


def _died() -> CasegraphError:
    return CasegraphError("a process that reads documents died (killed, or out of memory); read with one job")
