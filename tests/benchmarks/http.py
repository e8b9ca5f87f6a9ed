"""What the served registry does a second: complete transfers by post, and pages of the search."""

import http.client
import time
from collections.abc import Callable
from threading import Barrier, Thread
from uuid import uuid4

from tests.benchmarks.synthetic import PASSWORD, Cast
from tests.benchmarks.transfers import APART, QUANTITY
from tests.serving import Visitor


def transfers(port: int, cast: Cast, *, connections: int, each: int) -> float:
    """Return complete transfers a second: a proposal and its approval, both posted."""

    def prepared(place: int) -> Callable[[int], None]:
        proposer, approver = Visitor(port), Visitor(port)
        proposer.sign_in("proposer", PASSWORD)
        approver.sign_in("approver", PASSWORD)
        own = cast.accounts[place::APART]

        def do(number: int) -> None:
            status, location = proposer.post(
                "/portal/transfers",
                source=own[number % len(own)],
                target=own[(number + 1) % len(own)],
                quantity=str(QUANTITY),
                key=uuid4().hex,
            )
            assert status == http.client.SEE_OTHER, status
            number_given = location.split("?", 1)[0].rsplit("/", 1)[1]
            status, _ = approver.post(f"/portal/transactions/{number_given}/approval")
            assert status == http.client.SEE_OTHER, status

        return do

    return _rate(prepared, connections, each)


def pages(port: int, path: str, *, connections: int, each: int) -> float:
    """Return how many times a second a page is answered."""

    def prepared(_place: int) -> Callable[[int], None]:
        visitor = Visitor(port)

        def do(_number: int) -> None:
            status, _ = visitor.get(path)
            assert status == http.client.OK, status

        return do

    return _rate(prepared, connections, each)


def _rate(prepared: Callable[[int], Callable[[int], None]], connections: int, each: int) -> float:
    barrier = Barrier(connections + 1)
    failed: list[BaseException] = []

    def work(place: int) -> None:
        try:
            do = prepared(place)
            for number in range(10):
                do(number)
            barrier.wait(60)
            for number in range(each):
                do(number)
        except BaseException as error:  # whatever it is, the measurement is void
            failed.append(error)
            barrier.abort()
            raise

    threads = [Thread(target=work, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    barrier.wait(60)
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    assert not failed, failed
    return connections * each / (time.perf_counter() - started)
