"""Partner countries are written with the codes of ISO 3166-1."""

from datetime import date

import pytest

from app.domain.countries import PartnerCountry
from app.domain.text import Text


def test_a_partner_country_has_codes_names_and_the_day_it_joined() -> None:
    country = PartnerCountry("MN", "MNG", Text("Mongolia", "モンゴル"), date(2013, 1, 8))
    assert country.name.get("ja") == "モンゴル"


@pytest.mark.parametrize(("alpha2", "alpha3"), [("mn", "MNG"), ("MNG", "MNG"), ("MN", "MN")])
def test_a_code_of_another_form_is_no_country(alpha2: str, alpha3: str) -> None:
    with pytest.raises(AssertionError):
        PartnerCountry(alpha2, alpha3, Text("Mongolia", "モンゴル"), date(2013, 1, 8))
