"""The web edge: the pages of the registry, and what all of them share."""

from typing import Final

from flask import Flask

from app.web import (
    about,
    access,
    access_log,
    account_statements,
    account_states,
    accounts,
    actions,
    addresses,
    aef,
    announcements,
    api,
    api_answers,
    application_forms,
    application_papers,
    applications,
    approaches,
    approvals,
    article6,
    attachments,
    authorization_decisions,
    blocks,
    cad_trust,
    certificates,
    claims,
    country,
    cross_check,
    crossings,
    disclosure,
    document_answers,
    document_requests,
    editions,
    errors,
    examination_decisions,
    examinations,
    exchange,
    headers,
    holdings,
    holds,
    home,
    legal,
    links,
    lives,
    logs,
    maintenance,
    menus,
    methodologies,
    news,
    news_desk,
    notifications,
    open_data,
    own_adjustments,
    own_credentials,
    own_details,
    own_factors,
    own_sessions,
    pages,
    partners,
    peer_issuances,
    peers,
    people,
    procedures,
    profile,
    projects,
    public,
    readers,
    reconciliations,
    remarks,
    request_decisions,
    request_forms,
    requests,
    returns,
    sessions,
    sign_in,
    site_map,
    submissions,
    tasks,
    third_party_entities,
    transaction_files,
    transactions,
    transfers,
    trust_decisions,
    trusted,
    verification,
    visitors,
    words,
)
from app.web import credits as credits_
from app.web.sessions import database, reading, registry

__all__ = ["database", "reading", "register", "registry"]

#: The pages behind sign-in.
_PORTAL: Final = (
    home,
    accounts,
    account_states,
    account_statements,
    certificates,
    people,
    request_forms,
    requests,
    request_decisions,
    applications,
    holdings,
    transfers,
    transactions,
    transaction_files,
    approvals,
    returns,
    trusted,
    trust_decisions,
    tasks,
    claims,
    examinations,
    examination_decisions,
    document_requests,
    document_answers,
    notifications,
    profile,
    own_details,
    own_adjustments,
    own_credentials,
    own_factors,
    own_sessions,
    access_log,
    logs,
    announcements,
    news_desk,
    editions,
    aef,
    article6,
    approaches,
    authorization_decisions,
    actions,
    remarks,
    holds,
    cross_check,
    peer_issuances,
    peers,
    reconciliations,
)


def register(app: Flask) -> None:
    """Add pages, filters, error pages and headers; refuse while a view is neither open nor guarded.

    `app.extensions["database"]` must hold the registry's Database when the first request comes.
    """
    sessions.register(app)
    words.register(app)
    pages.register(app)
    country.register(app)
    addresses.register(app)
    menus.register(app)
    errors.register(app)
    maintenance.register(app)
    headers.register(app)
    readers.register(app)
    sign_in.register(app)
    crossings.register(app)
    for word in (public, news, credits_, blocks, lives, projects, procedures, verification, links):
        app.register_blueprint(word.blueprint)
    for word in (methodologies, third_party_entities, partners):
        app.register_blueprint(word.blueprint)
    app.register_blueprint(disclosure.blueprint)
    api_answers.register(app)
    for word in (api, open_data, cad_trust):
        app.register_blueprint(word.blueprint)
    for word in (site_map, legal):
        app.register_blueprint(word.blueprint)
    about.register(app)
    exchange.register(app)
    legal.register(app)
    # For applicants, signed in or with the link to their application
    for word in (attachments, application_forms, application_papers, submissions, visitors):
        app.register_blueprint(word.blueprint)
    for word in _PORTAL:
        app.register_blueprint(word.blueprint)
    access.check(app)
