"""Pick lists of the CAD Trust data model 2.0.2, and which of their values fits what is here.

The lists are those of 30 June 2026. Where none of their values is known to fit, nothing is said:
the model has no word for "not known" but for the type of units.
"""

import re
from collections.abc import Iterable
from typing import Final

from app.domain.accounts import Holding
from app.domain.nomenclature import MitigationType
from app.domain.projects import Stage

SECTORS: Final = (
    "Afforestation and reforestation",
    "Agriculture",
    "Any combination of the above",
    "Carbon capture and storage",
    "Chemical industries",
    "Construction",
    "Energy demand",
    "Energy distribution",
    "Energy industries (renewable-/ non renewable sources)",
    "Fugitive emissions from fuel (solid, oil and gas)",
    "Fugitive emissions from the production and consumption of halocarbons and sulfur hexafluoride",
    "Livestock and manure management",
    "Manufacturing industries",
    "Metal production",
    "Mining/mineral production",
    "Others",
    "Solvent use",
    "Transport",
    "Urban Development",
    "Waste handling and disposal",
)
TYPES: Final = (
    *("Afforestation", "Agriculture", "Agriculture, forestry and other land use (AFOLU)"),
    *("Any combination of the above", "Biogas", "Biomass Energy", "CO2 usage", "Cement"),
    *("Coal bed/mine methane", "Energy Efficiency Industry", "Energy Efficiency households"),
    *("Energy Efficiency own generation", "Energy Efficiency service"),
    *("Energy Efficiency supply side", "Energy distribution", "Fugitive", "Geothermal", "Hydro"),
    *("Landfill gas", "Methane avoidance", "N2O", "PFCs and SF6", "Reforestation", "Solar"),
    *("Tidal", "Transport", "Waste", "Wind"),
)
PROJECT_STATUSES: Final = (
    *("Certified", "Completed", "Inactive", "Listed", "Registered", "Rejected", "Validated"),
    *("Verified", "Withdrawn"),
)
METRICS: Final = ("gCO2eq/kWh", "kt (Kiloton)", "tCO2e")
UNIT_TYPES: Final = (
    *("Avoidance - nature", "Avoidance - technical", "Not Determined", "Reduction - nature"),
    *("Reduction - technical", "Removal - nature", "Removal - technical"),
)
UNIT_STATUSES: Final = (
    *("Buffer", "Cancelled", "Expired", "Held", "Inactive", "Issued", "Rejected", "Retired"),
)
STAKEHOLDERS: Final = ("Consultant", "Developer", "Owner")
VALIDATIONS: Final = (
    "Validation of Post Registration Change",
    "Validation of Project Design Document",
    "Validation of Renewal of Credit Period",
)
LABELS: Final = (
    "Article 6 - Authorisation",
    "Article 6 - Endorsement",
    "Article 6 - Letter of Approvals",
    "Article 6 - Letter of Qualification",
    "Certification",
    "SDG 10 - Reduced inequalities",
)
RATINGS: Final = ("CCQI", "CDP")
#: Japan and the partner countries as the list spells them; Tanzania is not on it, and other
#: countries are not needed here.
COUNTRIES: Final = {
    "AE": "United Arab Emirates",
    "AZ": "Azerbaijan",
    "BD": "Bangladesh",
    "CL": "Chile",
    "CR": "Costa Rica",
    "ET": "Ethiopia",
    "GE": "Georgia",
    "ID": "Indonesia",
    "IN": "India",
    "JP": "Japan",
    "KE": "Kenya",
    "KG": "Kyrgyzstan",
    "KH": "Cambodia",
    "KZ": "Kazakhstan",
    "LA": "Lao People's Democratic Republic",
    "LK": "Sri Lanka",
    "MD": "Republic of Moldova",
    "MM": "Myanmar",
    "MN": "Mongolia",
    "MV": "Maldives",
    "MX": "Mexico",
    "PG": "Papua New Guinea",
    "PH": "Philippines",
    "PW": "Palau",
    "SA": "Saudi Arabia",
    "SN": "Senegal",
    "TH": "Thailand",
    "TN": "Tunisia",
    "UA": "Ukraine",
    "VN": "Viet Nam",
}

STATUS_OF_STAGE: Final = {
    Stage.VALIDATION: "Listed",
    Stage.REGISTERED: "Registered",
    Stage.WITHDRAWN: "Withdrawn",
}
STATUS_OF_UNITS: Final = {
    Holding.HELD: "Held",
    Holding.RETIRED: "Retired",
    Holding.CANCELLED: "Cancelled",
    # What became of them there, the other registry knows.
    Holding.EXTERNAL: "Held",
}
#: By the number of the sectoral scope.
_SECTOR_OF_SCOPE: Final = {
    1: "Energy industries (renewable-/ non renewable sources)",
    2: "Energy distribution",
    3: "Energy demand",
    4: "Manufacturing industries",
    5: "Chemical industries",
    6: "Construction",
    7: "Transport",
    8: "Mining/mineral production",
    9: "Metal production",
    10: "Fugitive emissions from fuel (solid, oil and gas)",
    11: SECTORS[10],
    12: "Solvent use",
    13: "Waste handling and disposal",
    14: "Afforestation and reforestation",
    15: "Agriculture",
}
_TYPE_OF_SCOPE: Final = {
    2: "Energy distribution",
    7: "Transport",
    10: "Fugitive",
    11: "PFCs and SF6",
    13: "Waste",
    14: "Agriculture, forestry and other land use (AFOLU)",
    15: "Agriculture",
}
#: Words of titles, the more telling before the others; a project may have several types.
_TYPE_OF_WORDS: Final = tuple(
    (re.compile(words, re.IGNORECASE), found)
    for words, found in (
        (r"\bsolar\b|photovoltaic|\bPV\b", "Solar"),
        (r"\bhydro\b|hydropower|hydroelectric", "Hydro"),
        (r"\bwind (?:power|farm|turbine)", "Wind"),
        (r"geothermal", "Geothermal"),
        (r"biogas", "Biogas"),
        (r"biomass|rice husk|wood chip|bagasse", "Biomass Energy"),
        (r"REDD\+|mangrove", "Agriculture, forestry and other land use (AFOLU)"),
        (r"\bafforestation", "Afforestation"),
        (r"\breforestation", "Reforestation"),
        (r"landfill gas", "Landfill gas"),
        (r"waste heat|cogeneration|co-generation", "Energy Efficiency own generation"),
        (r"waste to energy|waste-to-energy|solid waste", "Waste"),
        (r"paddy|paddies|rice farming", "Agriculture"),
        (r"transformer|transmission|power grid", "Energy distribution"),
    )
)
#: Where energy is saved, if nothing tells more.
_SAVED_WHERE: Final = tuple(
    (re.compile(words, re.IGNORECASE), found)
    for words, found in (
        (r"household|residential", "Energy Efficiency households"),
        (r"factor(?:y|ies)|\bplants?\b|industr|\bmills?\b|refiner", "Energy Efficiency Industry"),
        (
            r"building|hotel|school|hospital|stores?\b|\bmall\b|office|airport|universit|shop|tower",
            "Energy Efficiency service",
        ),
    )
)
_SAVING: Final = re.compile(r"energy.sav|efficien|inverter|\bLED\b|boiler|chiller", re.IGNORECASE)
_FORESTRY, _AGRICULTURE = 14, 15


def sectors(scopes: Iterable[int]) -> list[str]:
    """Return the sectors of sectoral scopes; others where no scope is known."""
    found = [_SECTOR_OF_SCOPE[scope] for scope in scopes if scope in _SECTOR_OF_SCOPE]
    return found or ["Others"]


def types(title: str, scopes: Iterable[int]) -> list[str] | None:
    """Return the types that a project's title and scopes tell of, None where they do not."""
    found = [kind for words, kind in _TYPE_OF_WORDS if words.search(title)]
    if not found:
        found = [_TYPE_OF_SCOPE[scope] for scope in scopes if scope in _TYPE_OF_SCOPE]
    if not found and _SAVING.search(title):
        found = [kind for words, kind in _SAVED_WHERE if words.search(title)][:1]
    return found or None


def unit_type(scopes: Iterable[int], mitigation: MitigationType | None = None) -> str:
    """Return how reductions or removals of these scopes came about, as far as it is known."""
    known = set(scopes)
    if not known or mitigation is MitigationType.BOTH:
        return "Not Determined"
    is_nature = known <= {_FORESTRY, _AGRICULTURE}
    if mitigation is MitigationType.REMOVALS:
        return "Removal - nature" if is_nature else "Removal - technical"
    return "Reduction - nature" if is_nature else "Reduction - technical"
