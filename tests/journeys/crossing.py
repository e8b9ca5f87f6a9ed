"""The table of answers for the pages on other registries; nothing is exchanged with XX.

In the order of the persons of `tests.journeys.matrix`.
"""

from typing import Final

Route = tuple[str, str]
_MESSAGE: Final = "/portal/registries/XX/messages/out/1"

CROSSING: Final[list[tuple[tuple[int, ...], list[Route]]]] = [
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 403),
        [("GET peers.search", "/portal/registries")],
    ),
    (
        (403, 403, 403, 403, 403, 404, 404, 404, 403, 403),
        [
            ("GET peers.show", "/portal/registries/XX"),
            ("GET peers.messages", "/portal/registries/XX/messages"),
            ("GET peers.message", _MESSAGE),
            ("GET peers.evidence", f"{_MESSAGE}/message.json"),
        ],
    ),
]
