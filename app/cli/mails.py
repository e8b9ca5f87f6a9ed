"""The worker: it sends mails, carries letters to other registries, and does what has its time."""

import signal
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Final

import click
from flask import current_app

from app.cli.setting import ORIGIN, database, desk, registry
from app.config import Config
from app.documents.mails import Sender
from app.registry import approvals, document_requests, mails
from app.registry.effects import Setting
from app.registry.post import MailServer
from app.registry.rounds import Rounds
from app.store import notifications

#: Seconds between two looks for mails, and when there was no mail server.
_PAUSE: Final = 5
_PAUSE_WITHOUT_SERVER: Final = 60


_Mailing = tuple[MailServer, mails.Office]
#: How long a stop waits for letters that are on their way.
_LAST_SECONDS: Final = 10


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
def worker(*, once: bool) -> None:
    """Send mails, and carry letters to other registries, until stopped; any number may run.

    SIGTERM or SIGINT ends it after the mail and the letters at hand. Without SMTP_URL mails wait,
    and letters are carried all the same.
    """
    config, stopped = registry(), Event()
    mailing = _mailing(config)
    rounds = Rounds(database(), desk(), config.time_zone, lambda: datetime.now(UTC))
    if mailing is None:
        with database().reading() as session:
            waiting = notifications.unsent(session, mails.NEVER)
        click.echo(f"SMTP_URL is not set: nothing is sent, and {waiting:,} mails wait.")
    if once:
        _carry_out()
        is_sent = _send(mailing, stopped)
        absent = rounds.once()
        if absent:
            click.echo(f"Letters wait for {', '.join(absent)}, see the log.", err=True)
        raise click.exceptions.Exit(0 if is_sent and not absent else 1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    if mailing is not None:
        click.echo("Sending mails as they come; SIGTERM or Ctrl-C ends it after the mail at hand.")
    carrying = Thread(target=rounds.run, args=(stopped,), daemon=True)
    carrying.start()
    while not stopped.is_set():
        _carry_out()
        is_there = _send(mailing, stopped)
        stopped.wait(_PAUSE if is_there else _PAUSE_WITHOUT_SERVER)
    carrying.join(_LAST_SECONDS)


def _carry_out() -> None:
    """Complete the approved transfers whose time has come, and remind of documents due soon."""
    config, now = registry(), datetime.now(UTC)
    done = approvals.execute_due(database(), now=now, policy=config.policy, party=config.own_party)
    if done:
        click.echo(f"{len(done):,} approved transfers carried out or ended.")
    remind()


def remind() -> None:
    """Remind those who were asked for documents that are due soon."""
    setting = Setting(registry().code, current_app.extensions["vault"], ORIGIN)
    reminded = document_requests.remind_due(database(), setting, now=datetime.now(UTC))
    if reminded:
        click.echo(f"{reminded:,} requests for documents reminded of.")


def _send(mailing: _Mailing | None, stopped: Event) -> bool:
    """Send what is due and say what became of it; tell whether the mail server was there."""
    if mailing is None:
        return True
    server, office = mailing
    try:
        done = mails.send_due(
            database(), office, clock=lambda: datetime.now(UTC), stopped=stopped.is_set
        )
    except mails.Unreachable as why:
        click.echo(f"The mail server is not there; the mails wait. {why}", err=True)
        return False
    finally:
        server.close()
    if done.sent or done.failed:
        click.echo(f"{done.sent:,} mails sent, {done.failed:,} not taken.")
    return True


def _mailing(config: Config) -> _Mailing | None:
    """Return the mail server, and what sends mails through it; None without one."""
    if not config.smtp_url:
        return None
    if not config.public_url.startswith(("https://", "http://")):
        raise click.ClickException("PUBLIC_URL must be the registry's address: https://…")
    sender = Sender(config.code, config.name, config.mail_from, config.public_url)
    try:
        sender.check()
        server = MailServer(config.smtp_url)
    except ValueError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    return server, mails.Office(sender, current_app.extensions["vault"], server)
