import ctypes
import os

import psutil
import pytest

from firmware.runtime.memory import give_back_freed_memory

COUNT, SIZE = 1600, 60_000  # too small for memory of their own, 96 MB together


def test_the_freed_part_of_the_heap_goes_back_to_the_system() -> None:
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "malloc_trim"):
        pytest.skip("the C library is not glibc")
    libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = (
        ctypes.c_void_p,
        [ctypes.c_size_t],
        [ctypes.c_void_p],
    )
    places = [libc.malloc(SIZE) for _ in range(COUNT)]
    for place in places:
        ctypes.memset(place, 1, SIZE)
    for place in places[:-1]:  # the last one holds the heap's end in its place
        libc.free(place)
    process = psutil.Process(os.getpid())
    before = process.memory_info().rss
    assert give_back_freed_memory()
    assert before - process.memory_info().rss > 0.8 * COUNT * SIZE
    libc.free(places[-1])
