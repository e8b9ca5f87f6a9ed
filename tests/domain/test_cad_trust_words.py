"""Values of the pick lists that fit what is here, and nothing where none does."""

from app.domain import cad_trust_words as words
from app.domain.accounts import Holding
from app.domain.nomenclature import MitigationType
from app.domain.projects import Stage


def test_every_sectoral_scope_has_a_sector_of_the_list() -> None:
    found = [words.sectors([scope]) for scope in range(1, 16)]
    assert all(one in words.SECTORS for (one,) in found)
    assert len({one for (one,) in found}) == 15
    assert words.sectors([]) == words.sectors([99]) == ["Others"]


def test_types_are_told_by_titles_and_scopes() -> None:
    cases = {
        ("Introduction of PV-diesel Hybrid System at Fastening Manufacturing Plant", 1): ["Solar"],
        ("10MW Mini Hydro Power Plant Project in North Sumatra", 1): ["Hydro"],
        ("3.4MW Rice Husk Power Generation Project in Maule", 1): ["Biomass Energy"],
        ("Methane gas reduction through AWD in rice paddies", 15): ["Agriculture"],
        ("Power Generation by Waste Heat Recovery in Cement Industry", 1): [
            "Energy Efficiency own generation"
        ],
        ("Introduction of Amorphous High Efficiency Transformers in Power Grid", 2): [
            "Energy distribution"
        ],
        ("Energy Saving at Textile Factory with High Efficiency Chiller", 3): [
            "Energy Efficiency Industry"
        ],
        ("Introduction of LED Lighting to UNIQLO Sales Stores", 3): ["Energy Efficiency service"],
        ("Eco-driving with digital tachographs", 7): ["Transport"],
        ("Something else", 3): None,
    }
    for (title, scope), found in cases.items():
        assert words.types(title, [scope]) == found, title
        assert set(found or ()) <= set(words.TYPES)


def test_units_are_of_nature_or_of_technology() -> None:
    reductions, removals = MitigationType.REDUCTIONS, MitigationType.REMOVALS
    assert words.unit_type([3], reductions) == words.unit_type([1, 3]) == "Reduction - technical"
    assert words.unit_type([14], removals) == "Removal - nature"
    assert words.unit_type([15]) == "Reduction - nature"
    assert words.unit_type([]) == words.unit_type([3], MitigationType.BOTH) == "Not Determined"
    assert {words.unit_type([scope]) for scope in range(1, 16)} <= set(words.UNIT_TYPES)


def test_every_stage_and_state_has_a_status_of_the_list() -> None:
    assert {words.STATUS_OF_STAGE[stage] for stage in Stage} <= set(words.PROJECT_STATUSES)
    assert {words.STATUS_OF_UNITS[state] for state in Holding} <= set(words.UNIT_STATUSES)
