"""The news of the demonstration: written once, as they are loaded."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.registry import news
from app.registry.published import rows
from app.store import news as questions


def load(session: Session, registry: str, *, actor: int, now: datetime) -> None:
    """Publish each piece that no earlier run published, whatever became of it since."""
    for line in rows("demo_news", registry):
        key = f"load:{line['reference']}"
        if questions.by_key(session, actor, key) is None:
            news.write(session, line, at=None, key=key, actor=actor, now=now)
