"""Blocks over executors: in order, complete, and a dead worker is an error."""

import os
import signal
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from wor_match.errors import InputError
from wor_match.sharing.blocks import blocks_of
from wor_match.sharing.errors import WorkerError
from wor_match.sharing.runs import run_blocks

BLOCKS = [[1, 2], [3], [4, 5, 6], [7], [8, 9], [10]]


def run(task, executor=None, blocks=BLOCKS, progress=None):
    results = run_blocks(
        task, blocks, size_of=len, count_of=len, executor=executor, progress=progress
    )
    return list(results)


def doubled(block):
    time.sleep(0.002 * (block[0] % 3))  # the first is not always ready first
    return [2 * x for x in block]


def shortened(block):
    return block[:1]


def dies(block):
    if block[0] == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return block


def fails(block):
    if block[0] == 4:
        raise ValueError("Mw. Jansen is verdrietig")
    return block


def refuses(block):
    raise InputError("limit: found 0")


def blas_threads(block):
    return [max(m["num_threads"] for m in threadpool_info() if m["user_api"] == "blas")]


@pytest.mark.parametrize("kind", [None, ThreadPoolExecutor, ProcessPoolExecutor])
def test_in_order_and_told_about(kind):
    told = []
    expected = [[2 * x for x in block] for block in BLOCKS]
    if kind is None:
        assert run(doubled, progress=lambda *p: told.append(p)) == expected
    else:
        with kind(2) as executor:
            assert run(doubled, executor, progress=lambda *p: told.append(p)) == expected
    assert told == [(2, 10), (3, 10), (6, 10), (7, 10), (9, 10), (10, 10)]


@pytest.mark.parametrize("kind", [None, ThreadPoolExecutor, ProcessPoolExecutor])
def test_blas_has_one_thread_meanwhile_and_gets_them_back(kind):
    np.ones((2, 2)) @ np.ones((2, 2))
    before = blas_threads(None)
    if kind is None:
        assert run(blas_threads, blocks=[[1]]) == [[1]]
    else:
        with kind(2) as executor:
            assert run(blas_threads, executor, blocks=[[1]] * 4) == [[1]] * 4
    assert blas_threads(None) == before


def test_a_killed_worker_is_a_clear_error():
    with ProcessPoolExecutor(2) as executor, pytest.raises(WorkerError, match=r"block \d of 6"):
        run(dies, executor)


def test_an_unforeseen_error_names_the_block_and_not_the_client():
    with ThreadPoolExecutor(2) as executor, pytest.raises(WorkerError, match="3 of 6") as error:
        run(fails, executor)
    assert "ValueError" in str(error.value)
    assert "Jansen" not in str(error.value)


def test_what_is_raised_on_purpose_stays_what_it_is():
    with ThreadPoolExecutor(2) as executor, pytest.raises(InputError, match="limit"):
        run(refuses, executor)


@pytest.mark.parametrize("kind", [None, ThreadPoolExecutor])
def test_a_shorter_result_is_an_error(kind):
    with kind(2) if kind else nullcontext() as executor:  # noqa: SIM117
        with pytest.raises(WorkerError, match="1 results for 2 items"):
            run(shortened, executor)


def test_an_executor_that_is_shut_down_is_a_clear_error():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(WorkerError, match="1 of 6"):
        run(doubled, executor)


class Counting(Executor):
    """Does nothing until it is asked, and counts what lies waiting."""

    _max_workers = 3

    def __init__(self):
        self.most = self.waiting = 0

    def submit(self, fn, /, *args):
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        future = Future()
        original = future.result

        def result(timeout=None):
            self.waiting -= 1
            future.set_result(fn(*args))
            return original(timeout)

        future.result = result
        return future


def test_only_a_few_blocks_are_under_way():
    executor = Counting()
    run(doubled, executor, blocks=[[i] for i in range(50)])
    assert executor.most == 6


@given(st.lists(st.tuples(st.floats(50, 54), st.floats(3, 8)), max_size=60), st.integers(1, 9))
def test_blocks_hold_everyone_once(points, size):
    lat, lon = (np.array([p[i] for p in points], float) for i in (0, 1))
    lat[::5] = np.nan
    blocks = blocks_of(lat, lon, size)
    assert sorted(i for block in blocks for i in block) == list(range(len(points)))
    assert all(len(block) <= size for block in blocks)


def test_neighbours_share_a_block():
    rng = np.random.default_rng(0)
    towns = np.repeat([[52.5, 6.1], [51.8, 5.8], [53.2, 6.5]], 30, axis=0)
    lat, lon = (towns + rng.normal(scale=0.01, size=towns.shape)).T
    shuffle = rng.permutation(90)
    blocks = blocks_of(lat[shuffle], lon[shuffle], 30)
    assert {frozenset(shuffle[b] // 30) for b in blocks} == {frozenset([i]) for i in range(3)}
