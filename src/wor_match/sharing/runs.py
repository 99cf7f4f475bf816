"""Many blocks of work over any executor: in order, complete, with bounded memory.

The library makes no cluster and no pool of its own: whoever calls passes a
``concurrent.futures.Executor`` (threads, processes, or Dask's ``Client.get_executor()``)
or none. Results come in the order of the blocks, whatever finishes first, so one worker or
two hundred give the same bytes. Only a few blocks for each worker are under way at a time.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from typing import Any, TypeVar

from wor_match.errors import WorMatchError
from wor_match.sharing.errors import WorkerError

Block = TypeVar("Block")
Result = TypeVar("Result")

Progress = Callable[[int, int], None]
"""Called with the number of items done and the number of all items."""

_WAITING_BLOCKS = 2  # for each worker: one that it works on, one that lies ready


def run_blocks(
    task: Callable[[Block], Result],
    blocks: Sequence[Block],
    *,
    size_of: Callable[[Block], int],
    count_of: Callable[[Result], int],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Iterator[Result]:
    """Run a task on each block and yield the results in order.

    BLAS works with one thread meanwhile, here and in the workers: two workers with one
    thread each beat one with two, and the sums come out the same everywhere.

    Parameters
    ----------
    task
        A function of one block; picklable when the executor uses processes.
    blocks
        What it is called with.
    size_of, count_of
        Items in a block, and items that a result answers for. They must agree: a result
        that lost something is an error, never a shorter answer.
    executor
        Where it runs; left out, here.
    progress
        Told after each block.

    Raises
    ------
    WorkerError
        A worker died, was cancelled, raised something unforeseen, or lost items.
    WorMatchError
        What the task itself raised on purpose.
    """
    total, done = sum(map(size_of, blocks)), 0
    with one_blas_thread():
        for number, result in enumerate(_results(task, blocks, executor)):
            expected, found = size_of(blocks[number]), count_of(result)
            if expected != found:
                raise WorkerError(
                    f"block {number + 1} of {len(blocks)}: {found} results for {expected} items"
                )
            done += expected
            if progress is not None:
                progress(done, total)
            yield result


def _results(
    task: Callable[[Block], Result], blocks: Sequence[Block], executor: Executor | None
) -> Iterator[Result]:
    if executor is None:
        yield from map(task, blocks)
        return
    at_once = _WAITING_BLOCKS * _workers(executor)
    under_way: deque[Future[Result]] = deque()
    started = finished = 0
    try:
        while finished < len(blocks):
            while started < len(blocks) and len(under_way) < at_once:
                under_way.append(_submit(executor, task, blocks[started], started, len(blocks)))
                started += 1
            yield _result_of(under_way.popleft(), finished, len(blocks))
            finished += 1
    finally:
        for future in under_way:
            future.cancel()


def _submit(
    executor: Executor, task: Callable[[Block], Result], block: Block, number: int, count: int
) -> Future[Result]:
    try:
        return executor.submit(_in_worker, task, block, os.getpid())
    except Exception as error:
        raise _lost(number, count, error) from error


def _result_of(future: Future[Result], number: int, count: int) -> Result:
    try:
        return future.result()
    except WorMatchError:
        raise
    except (Exception, CancelledError) as error:
        raise _lost(number, count, error) from error


def _lost(number: int, count: int, error: BaseException) -> WorkerError:
    # The type only: the text of an unforeseen error may quote a client.
    return WorkerError(
        f"block {number + 1} of {count}: the worker ended without a result"
        f" ({type(error).__name__}); nothing was returned or held; run the call again"
    )


def _in_worker(task: Callable[[Block], Result], block: Block, parent: int) -> Result:
    if os.getpid() == parent:
        return task(block)  # a thread: the caller has limited BLAS already
    with one_blas_thread():
        return task(block)


def _workers(executor: Executor) -> int:
    """Number of workers, as far as the executor tells."""
    return int(getattr(executor, "_max_workers", 0) or os.cpu_count() or 1)


def one_blas_thread() -> Any:
    """Return a context in which BLAS uses one thread."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")
