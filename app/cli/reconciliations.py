"""The command that compares the books of a registry: with its own chain, and with others."""

from datetime import UTC, datetime
from functools import partial

import click

from app.cli.setting import database, desk, registry
from app.domain.exchange_errors import RegistrySuspended
from app.domain.reconciliation import STAGE_NAMES
from app.domain.reconciliation_errors import ReconciliationUnderWay
from app.registry import reconciliations as verbs
from app.store import peers
from app.store import reconciliations as questions


@click.command()
@click.argument("code", required=False)
def reconcile(code: str | None) -> None:
    """Compare the ledger with its own chain, and the books with those of the other registries.

    With CODE only with that registry; with this registry's own code only with the chain. What is
    asked of others is carried by the worker, and its outcome is told on the page of the run.
    """
    own, now = registry().code, datetime.now(UTC)
    with database().reading() as session:
        known = {peer.code: peer for peer in peers.everyone(session)}
    asked = [code.upper()] if code else [own, *known]
    if strangers := [one for one in asked if one not in {own, *known}]:
        raise click.ClickException(f"nothing is exchanged with {strangers[0]}, see `peer list`")
    failed = [
        one
        for one in asked
        if not (_own(own, now) if one == own else _begun(one, known[one].id, now))
    ]
    raise click.exceptions.Exit(1 if failed else 0)


def _own(own: str, now: datetime) -> bool:
    """Compare the ledger with its chain; tell whether nothing differs."""
    number = verbs.own_books(database(), own, now=now)
    with database().reading() as session:
        run = questions.by_number(session, number)
        assert run is not None, "it was just made"
        count = len(questions.differences(session, run.id))
        stage = run.stage
    click.echo(f"{number}: {STAGE_NAMES[stage].en}, {count:,} differences with the own chain")
    return not count


def _begun(code: str, peer_id: int, now: datetime) -> bool:
    """Begin to compare with another registry; tell whether that could be."""
    begin = partial(verbs.begin, peer_id=peer_id, desk=desk(), now=now)
    try:
        number = database().write(lambda session: begin(session).number)
    except RegistrySuspended:
        click.echo(f"{code}: the exchange is suspended", err=True)
        return False
    except ReconciliationUnderWay as refusal:
        click.echo(f"{code}: {refusal.run} is still under way", err=True)
        return False
    click.echo(f"{number}: begun with {code}")
    return True
