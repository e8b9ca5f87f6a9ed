"""The WSGI entry: the registry that the environment describes."""

from app import create_app
from app.config import Config

app = create_app(Config.from_environment())
