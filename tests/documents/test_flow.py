"""The picture of the flow: sound SVG in both languages, in which nothing lies over anything."""

from collections.abc import Iterator
from itertools import combinations
from xml.etree.ElementTree import Element, fromstring

from app.documents import flow as pictures
from app.documents import fonts
from app.documents.flow import Box
from app.domain import flow
from app.domain.text import Text

LANGUAGES = ("en", "ja")
#: Of all partner countries the one with the longest name.
ELSEWHERE = Text("United Arab Emirates", "アラブ首長国連邦（UAE）")
#: As the rules of the page write them.
SIZES = {"flow__title": (16, True), "flow__note": (14, False), "flow__record": (14, True)}


def boxes(picture: Element) -> list[Box]:
    stations = [one for one in picture.iter("rect") if "flow__station" in one.get("class", "")]
    return [
        Box(*(float(one.get(name, "")) for name in ("x", "y", "width", "height")))
        for one in stations
    ]


def words(picture: Element) -> Iterator[tuple[str, float, float, float]]:
    """Yield the words within stations, where they stand, and how wide they are."""
    for one in picture.iter("text"):
        if (role := one.get("class", "")) in SIZES:
            size, bold = SIZES[role]
            text = one.text or ""
            width = fonts.width(text, size, bold=bold)
            yield text, float(one.get("x", "")), float(one.get("y", "")), width


def test_every_word_of_the_flow_stands_in_the_picture() -> None:
    for language in LANGUAGES:
        text = "".join(fromstring(pictures.picture(language)).itertext()).replace(" ", "")
        told = [one for station in flow.STATIONS for one in (station.title, station.note)]
        told += [station.recorded for station in flow.STATIONS if station.recorded]
        told += [way.label for way in flow.WAYS if way.label]
        for one in [*told, *flow.SIDE_NAMES.values()]:
            assert one.get(language).replace(" ", "").replace("\n", "") in text


def test_no_station_lies_over_another_or_outside() -> None:
    for language in LANGUAGES:
        found = boxes(fromstring(pictures.picture(language)))
        assert len(found) == len(flow.STATIONS)
        for box in found:
            assert box.left >= 0
            assert box.top >= 0
            assert box.right <= pictures.WHOLE.width
            assert box.bottom <= pictures.WHOLE.height
        for one, other in combinations(found, 2):
            assert (
                one.right < other.left
                or other.right < one.left
                or one.bottom < other.top
                or other.bottom < one.top
            )


def test_no_words_are_wider_or_lower_than_their_box() -> None:
    for language in LANGUAGES:
        picture = fromstring(pictures.picture(language))
        found = boxes(picture)
        for text, x, y, width in words(picture):
            own = [box for box in found if box.left < x < box.right and box.top < y < box.bottom]
            assert len(own) == 1, text
            assert width <= own[0].width - 20, text


def test_the_picture_of_a_partner_s_registry_has_its_words_and_they_fit() -> None:
    told = flow.of(ELSEWHERE)
    for language in LANGUAGES:
        picture = fromstring(pictures.picture(language, ELSEWHERE))
        text = "".join(picture.itertext()).replace(" ", "")
        for one in (*told.sides.values(), *(one.note for one in told.stations)):
            assert one.get(language).replace(" ", "").replace("\n", "") in text
        found = boxes(picture)
        for shown, x, y, width in words(picture):
            (own,) = (one for one in found if one.left < x < one.right and one.top < y < one.bottom)
            assert width <= own.width - 20, shown
    # Credits go from its side to Japan's, to the left.
    places = pictures._PLACES
    tip = f"{places['other_issuance'].right:g} {places['issuance'].left:g}".split()
    assert f'points="{tip[0]},' in pictures.picture("en", ELSEWHERE)
    assert f'points="{tip[1]},' in pictures.picture("en")


def test_it_is_painted_by_the_page_alone_and_named_by_it() -> None:
    picture = pictures.picture("en")
    for inline in ("style=", "fill=", "stroke=", "<style", "#"):
        assert inline not in picture
    assert 'role="img" aria-labelledby="flow_title" aria-describedby="flow_steps"' in picture
