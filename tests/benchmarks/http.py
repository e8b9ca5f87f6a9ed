"""What the served registry does a second: complete transfers by post, and pages of the search."""

import http.client
import time
from collections.abc import Callable
from threading import Barrier, Lock, Thread
from uuid import uuid4

from tests.benchmarks.synthetic import PASSWORD, Cast
from tests.benchmarks.transfers import APART, QUANTITY
from tests.serving import Visitor

#: One at a time: passwords are compared by few at once, and the others are sent away.
_DOOR = Lock()


def transfers(port: int, cast: Cast, *, connections: int, each: int) -> float:
    """Return complete transfers a second: a proposal and its approval, both posted."""

    def prepared(place: int) -> Callable[[int], None]:
        proposer, approver = Visitor(port), Visitor(port)
        with _DOOR:
            proposer.sign_in("proposer", PASSWORD)
            approver.sign_in("approver", PASSWORD)
        # The server closes connections on which nothing comes while others sign in.
        proposer.close()
        approver.close()
        own = cast.accounts[place::APART]

        def do(number: int) -> None:
            source, target = own[number % len(own)], own[(number + 1) % len(own)]
            status, location = proposer.propose(
                source=source, target=target, quantity=str(QUANTITY), key=uuid4().hex
            )
            assert status == http.client.SEE_OTHER, status
            number_given = location.split("?", 1)[0].rsplit("/", 1)[1]
            status, _ = approver.approve(
                number_given, quantity=QUANTITY, source=source, target=target
            )
            assert status == http.client.SEE_OTHER, status

        return do

    return _rate(prepared, connections, each)


def pages(port: int, path: str, *, connections: int, each: int, login_id: str = "") -> float:
    """Return how many times a second a page is answered, to somebody signed in if one is named."""

    def prepared(_place: int) -> Callable[[int], None]:
        visitor = Visitor(port)
        if login_id:
            with _DOOR:
                visitor.sign_in(login_id, PASSWORD)
            visitor.close()

        def do(_number: int) -> None:
            status, _ = visitor.get(path)
            assert status == http.client.OK, (path, status)

        return do

    return _rate(prepared, connections, each)


def _rate(prepared: Callable[[int], Callable[[int], None]], connections: int, each: int) -> float:
    barrier = Barrier(connections + 1)
    failed: list[BaseException] = []

    def work(place: int) -> None:
        try:
            do = prepared(place)
            barrier.wait(60)
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
    for _signed_in_then_warm in range(2):
        barrier.wait(60)
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    assert not failed, failed
    return connections * each / (time.perf_counter() - started)
