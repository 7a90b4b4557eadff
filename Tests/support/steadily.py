"""Threads that do the same thing again and again while a test does something else."""
import threading
import time
import typing


class Steadily:
    """Works from entering to leaving."""

    def __init__(self, threads: int, pause: float):
        self.pause = pause
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(threads)]

    def __enter__(self) -> typing.Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)

    def _work(self, thread: int) -> None:
        """What each thread does; it goes through `_turns()`."""
        raise NotImplementedError

    def _turns(self) -> typing.Iterator[int]:
        """1, 2, 3 … with the pause after each, until the end."""
        number = 0
        while not self._stopping.is_set():
            number += 1
            yield number
            time.sleep(self.pause)
