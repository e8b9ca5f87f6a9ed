"""Ranges laid over one another."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.sweeps import Piece, Span, pieces

_ranges = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(1, 30), st.integers(0, 9)), max_size=12
)


@given(_ranges, _ranges)
def test_pieces_say_of_every_number_what_the_spans_say_of_it(
    one: list[tuple[str, int, int]], other: list[tuple[str, int, int]]
) -> None:
    streams = [
        sorted(
            Span(space, first, first + more, f"{name}{place}")
            for place, (space, first, more) in enumerate(found)
        )
        for name, found in (("x", one), ("y", other))
    ]
    laid = list(pieces(*streams))
    said = {
        (piece.space, number): sorted(piece.said)
        for piece in laid
        for number in range(piece.first, piece.last + 1)
    }
    expected: dict[tuple[str, int], list[str]] = {}
    for span in streams[0] + streams[1]:
        for number in range(span.first, span.last + 1):
            expected.setdefault((span.space, number), []).append(span.what)
    assert said == {key: sorted(names) for key, names in expected.items()}
    assert sum(piece.last - piece.first + 1 for piece in laid) == len(said)
    assert [(piece.space, piece.first) for piece in laid] == sorted(
        (piece.space, piece.first) for piece in laid
    )


def test_only_what_begins_or_ends_cuts() -> None:
    laid = list(pieces([Span("a", 1, 10, "A")], [Span("a", 4, 4, "B")]))
    assert laid == [
        Piece("a", 1, 3, ["A"]),
        Piece("a", 4, 4, ["A", "B"]),
        Piece("a", 5, 10, ["A"]),
    ]
