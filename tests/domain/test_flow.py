"""The flow of credits: every station is reached, and every kind of account is one."""

from app.domain import flow
from app.domain.accounts import FINAL, KIND_NAMES, Kind
from app.domain.flow import Side
from app.domain.text import Text


def test_every_way_leads_from_a_station_to_a_station_or_a_side() -> None:
    stations = {station.word for station in flow.STATIONS}
    assert len(stations) == len(flow.STATIONS)
    for way in flow.WAYS:
        assert way.start in stations, way
        assert way.end in stations | set(Side), way
    # What nothing leads to is where a side begins, or where all begins.
    reached = {way.end for way in flow.WAYS}
    assert stations - reached == {"decision", "other_issuance"}


def test_every_kind_of_account_is_a_station_and_nothing_leaves_the_final_ones() -> None:
    by_word = {station.word: station for station in flow.STATIONS}
    for kind in set(Kind) - {Kind.EXTERNAL}:
        assert by_word[kind].title == KIND_NAMES[kind]
        assert by_word[kind].is_final == (kind in FINAL)
    ends = {way.end for way in flow.WAYS if way.start in FINAL}
    assert ends == {"ndc"}
    assert {way.start for way in flow.WAYS if way.end == "ndc"} == {Kind.RETIREMENT}


def test_first_transfer_is_recorded_by_the_partner_and_acquisition_by_japan() -> None:
    recorded = {one.side: one.recorded.en for one in flow.STATIONS if one.recorded}
    assert recorded == {
        Side.OTHER: "First transfer recorded",
        Side.OWN: "Acquisition recorded",
    }


def test_a_partner_s_registry_transfers_first_and_retires_for_its_own_contribution() -> None:
    told = flow.of(Text("Mongolia", "モンゴル"))
    assert told.sides[Side.OWN].en == "Registry of Mongolia"
    assert told.sides[Side.OTHER].en == "Registry of Japan"
    recorded = {one.side: one.recorded.en for one in told.stations if one.recorded}
    assert recorded == {Side.OWN: "First transfer recorded", Side.OTHER: "Acquisition recorded"}
    assert any((way.start, way.end) == ("issuance", "other_issuance") for way in told.ways)
    assert not any((way.start, way.end) == ("other_issuance", "issuance") for way in told.ways)
    (ndc,) = (one for one in told.stations if one.word == "ndc")
    assert "Mongolia" in ndc.title.en and "日本" not in ndc.title.ja
    assert not any("Japan’s nationally" in one.told.en for one in told.steps)
    assert flow.of(None) is flow.OF_JAPAN
