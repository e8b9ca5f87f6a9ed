"""The country whose registry this is, as pages and examples name it."""

from flask import Flask

from app.domain import certificates
from app.domain.accounts import AccountNumber, Kind
from app.domain.text import Text
from app.registry import published
from app.web.sessions import registry

_EXAMPLE = 12


def register(app: Flask) -> None:
    for told in (own_country, other_side, is_japan, own_code, example_account, example_certificate):
        app.add_template_global(told)


def is_japan() -> bool:
    """Tell whether this is Japan's registry; every other is that of one of its partners."""
    return registry().code == published.JAPAN


def own_code() -> str:
    """Return the code with which the numbers of this registry begin."""
    return registry().code


def own_country() -> Text:
    """Return the name of the country whose registry this is."""
    return published.country(registry().code)


def other_side(partner: Text | str) -> Text | str:
    """Return who is on the other side of a decision on a project in a partner country."""
    return partner if is_japan() else published.country(published.JAPAN)


def example_account() -> str:
    """Return an account number of this registry, for hints."""
    return str(AccountNumber(registry().code, Kind.GOVERNMENT, _EXAMPLE))


def example_certificate() -> str:
    """Return a number of a certificate of this registry, for hints."""
    return certificates.number(registry().code, _EXAMPLE)
