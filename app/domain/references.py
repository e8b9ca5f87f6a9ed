"""What the Joint Committees designated and adopted: the standing of a third-party entity."""

from enum import StrEnum
from typing import Final

from app.domain.text import Text


class Standing(StrEnum):
    """Whether a third-party entity may validate and verify, as far as that was published."""

    DESIGNATED = "designated"
    WITHDRAWN = "withdrawn"


STANDING_NAMES: Final = {
    Standing.DESIGNATED: Text("Designated", "指定"),
    Standing.WITHDRAWN: Text("Withdrawn", "指定取下げ"),
}
