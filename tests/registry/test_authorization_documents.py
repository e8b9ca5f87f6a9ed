"""Documents of authorizations: kept once, only while the version waits."""

import hashlib

from sqlalchemy.orm import Session

from app.domain.article6_errors import TooManyFilesHere, VersionDecided
from app.domain.errors import NotEntitled
from app.registry import authorization_documents as documents
from app.registry.attachments import Received
from app.registry.authorization_documents import FILES_MAX
from app.store import authorizations as questions
from tests import article6
from tests.registry.test_authorizations import approve, enter, refuses
from tests.world import NOW, World


def paper(content: bytes) -> Received:
    return Received("letter.pdf", "application/pdf", content, hashlib.sha256(content).digest())


PAPER = paper(b"%PDF-1")


def test_a_document_is_kept_once_while_the_version_waits(stage: Session, cast: World) -> None:
    article6.approach(stage, definition=None)
    made = enter(stage, cast)
    given = {"actor": cast.operator, "now": NOW, "at": "document"}
    first = documents.add(stage, made, PAPER, **given)
    assert documents.add(stage, made, PAPER, **given) == (first.id, True)
    refuses(
        stage,
        NotEntitled,
        lambda: documents.add(stage, made, PAPER, actor=cast.approver, now=NOW),
    )
    (row,) = questions.documents(stage, [made])
    assert (row.name, row.size, row.digest) == ("letter.pdf", 6, PAPER.sha256)
    kept = questions.document(stage, first.id)
    assert kept is not None
    assert kept.content == PAPER.content
    for count in range(2, FILES_MAX + 1):
        documents.add(stage, made, paper(b"%%PDF-%d" % count), **given)
    refuses(
        stage,
        TooManyFilesHere,
        lambda: documents.add(stage, made, paper(b"%PDF-x"), **given),
        field="document",
    )
    approve(stage, cast, made)
    refuses(stage, VersionDecided, lambda: documents.add(stage, made, PAPER, **given))
