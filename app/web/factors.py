"""Adding a second factor on a page: the picture and key for an authenticator, or a passkey."""

import json
from dataclasses import dataclass
from typing import Any, Final, cast

import segno
import webauthn
from flask import request
from markupsafe import Markup
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.registry import second_factors, totp
from app.registry.totp import ALGORITHMS
from app.store import credentials
from app.store.tables import SecondFactor, User
from app.store.tables.credentials import Method
from app.web import readers
from app.web.readers import Reader
from app.web.sessions import now, reading, registry

_PURPOSE: Final = "enrolment"
_SCALE: Final = 4
_CODE_MAX: Final = 100
#: What a device is called whose person gives it no name.
_PLAIN_NAME: Final = "TOTP"


@dataclass(frozen=True)
class Typed:
    """What came from the form: which kind of factor, its name, and the proof that it works."""

    method: str
    name: str
    secret: str
    code: str
    passkey: str

    @classmethod
    def of_request(cls) -> "Typed":
        given = {
            name: request.form.get(name, "").replace("\0", "")
            for name in ("method", "name", "secret", "code", "passkey")
        }
        given["code"] = given["code"][:_CODE_MAX]
        return cls(**given)


@dataclass(frozen=True)
class Key:
    """A key for an authenticator, as picture and text."""

    algorithm: str
    secret: str
    picture: Markup


@dataclass(frozen=True)
class Offer:
    """What the page shows: a key for each algorithm, and what a passkey is made from."""

    typed: Typed
    keys: tuple[Key, ...]
    #: The keys sealed, so that they come back as they were made.
    sealed: str
    #: For the page's script; nothing where browsers make no passkeys.
    passkey: str | None


def offer(person: Reader, typed: Typed | None, challenge: bytes) -> Offer:
    """Return what a page needs to add a factor; keys that were shown are shown again."""
    secrets = (typed and _opened(person.id, typed.secret)) or {
        algorithm: totp.new_secret(algorithm) for algorithm in ALGORITHMS
    }
    return Offer(
        typed or Typed("", "", "", "", ""),
        tuple(
            Key(algorithm, secret, _picture(person, algorithm, secret))
            for algorithm, secret in secrets.items()
        ),
        readers.vault().seal(json.dumps(secrets).encode(), _sealed_for(person.id)).hex(),
        _options(person, challenge) if readers.has_passkeys() else None,
    )


def _picture(person: Reader, algorithm: str, secret: str) -> Markup:
    uri = totp.uri(secret, algorithm, login_id=person.login_id, issuer=registry().name.en)
    picture = segno.make(uri, error="m").svg_inline(scale=_SCALE, border=4, omitsize=False)
    return Markup(picture)  # noqa: S704  made here of letters and digits


def add(session: Session, user: User, typed: Typed, challenge: bytes) -> SecondFactor:
    """Add the factor that the form describes.

    Raises:
        CodeWrong, PasskeyRefused, FactorKnown, Required, TooLong: at their fields.
    """
    if typed.method == Method.PASSKEY:
        return second_factors.add_passkey(
            session,
            user,
            typed.passkey,
            name=typed.name or readers.device(),
            challenge=challenge,
            site=readers.site(),
            origin=readers.origin(),
            now=now(),
        )
    return second_factors.add_totp(
        session,
        user,
        _opened(user.id, typed.secret) or {},
        typed.code,
        name=typed.name or _PLAIN_NAME,
        vault=readers.vault(),
        origin=readers.origin(),
        now=now(),
    )


def _opened(user_id: int, sealed: str) -> dict[str, str] | None:
    """Return the keys that a page carried, or None if they are not this person's."""
    try:
        plain = readers.vault().open(bytes.fromhex(sealed), _sealed_for(user_id))
    except ValueError:
        return None
    return cast("dict[str, str]", json.loads(plain)) if plain else None


def _sealed_for(user_id: int) -> str:
    return f"{_PURPOSE}:{user_id}"


def _options(person: Reader, challenge: bytes) -> str:
    present = credentials.factors(reading().connection(), person.id)
    options: dict[str, Any] = json.loads(
        webauthn.options_to_json(
            webauthn.generate_registration_options(
                rp_id=readers.site().host,
                rp_name=registry().name.en,
                # A device keeps one passkey for a host and a person: registries may share a host.
                user_id=f"{registry().code}-{person.id}".encode(),
                user_name=person.login_id,
                user_display_name=person.name_en,
                challenge=challenge,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.DISCOURAGED,
                    user_verification=UserVerificationRequirement.PREFERRED,
                ),
                exclude_credentials=[
                    PublicKeyCredentialDescriptor(id=one.credential_id)
                    for one in present
                    if one.credential_id
                ],
            )
        )
    )
    assert options["challenge"] == bytes_to_base64url(challenge)
    return json.dumps(options)
