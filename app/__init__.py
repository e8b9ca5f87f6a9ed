"""The JCM registry: one Flask app for one registry."""

from datetime import timedelta

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from werkzeug.middleware.proxy_fix import ProxyFix

from app.cli import register as register_commands
from app.config import ROOT, Config
from app.registry import scanners
from app.registry.vaults import Vault
from app.store import databases
from app.store.databases import Database
from app.store.tables import Base
from app.web import cookies
from app.web import register as register_pages

db = SQLAlchemy(model_class=Base)
migrate = Migrate()


def create_app(config: Config) -> Flask:
    """Build the app of one registry; it refuses to start on an unsound database or open view."""
    app = Flask(__name__, instance_path=str(ROOT / "instance"))
    app.config.update(
        REGISTRY=config,
        SECRET_KEY=config.secret_key,
        TESTING=config.testing,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=databases.options(config.database_url, reading=False),
        SQLALCHEMY_BINDS={
            "reading": {
                "url": config.database_url,
                **databases.options(config.database_url, reading=True),
            }
        },
        SESSION_COOKIE_NAME=cookies.named(cookies.SESSION, config),
        SESSION_COOKIE_SECURE=config.tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if config.proxies:
        # Address and scheme only: the host is to be passed on as it was asked for.
        trusted = config.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Werkzeug says to
            app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=0, x_prefix=0
        )
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        database = Database.over(db.engine, db.engines["reading"])
    app.extensions["database"] = database
    app.extensions["vault"] = Vault(config.secret_key)
    app.extensions["scanner"] = scanners.at(config.clamd_url)
    databases.check(database)
    # A server that forks hands no open connection to its workers.
    database.close()
    register_pages(app)
    register_commands(app)
    return app
