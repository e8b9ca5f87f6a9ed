"""Partner countries of the Joint Crediting Mechanism."""

import re
from dataclasses import dataclass
from datetime import date

from app.domain.text import Text


@dataclass(frozen=True, slots=True)
class PartnerCountry:
    """A country that signed the bilateral document on the JCM with Japan.

    The note says what is not certain of that day, or what else there is to say of it.
    """

    alpha2: str
    alpha3: str
    name: Text
    bilateral_document_on: date
    date_is_certain: bool = True
    note: Text | None = None

    def __post_init__(self) -> None:
        assert re.fullmatch("[A-Z]{2}", self.alpha2), self.alpha2
        assert re.fullmatch("[A-Z]{3}", self.alpha3), self.alpha3
