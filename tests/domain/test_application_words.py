"""What notifications say of applications: every wording has its kind, filled by its facts."""

from app.domain import notifications
from app.domain.application_words import WORDS
from app.domain.notifications import Kind

FACTS = {
    "number": "A-000012",
    "form": ("Application form", "申請書"),
    "due": "2026-04-01T00:00:00+00:00",
    "ended": ("Rejected", "却下"),
    "documents": 2,
    "account": "JP-100-000012-0-84",
}


def test_every_wording_belongs_to_a_kind_and_its_facts_fill_it() -> None:
    for kind in WORDS:
        said = notifications.detail(Kind(kind), FACTS)
        assert "{" not in said.en + said.ja
        assert Kind(kind) in notifications.TOPICS
