"""Every table of a registry; importing this package makes the metadata whole."""

from app.store.tables.accounts import Account, Holder, Representative
from app.store.tables.base import Base
from app.store.tables.ledger import (
    Balance,
    Bar,
    Block,
    ChainHead,
    Issuance,
    Reservation,
    Total,
    Transaction,
)
from app.store.tables.logs import AccessEntry, LogEntry
from app.store.tables.people import User
from app.store.tables.projects import (
    Allocation,
    Decision,
    Methodology,
    Participant,
    PartnerCountry,
    Project,
    SectoralScope,
    project_methodologies,
)

__all__ = [
    "AccessEntry",
    "Account",
    "Allocation",
    "Balance",
    "Bar",
    "Base",
    "Block",
    "ChainHead",
    "Decision",
    "Holder",
    "Issuance",
    "LogEntry",
    "Methodology",
    "Participant",
    "PartnerCountry",
    "Project",
    "Representative",
    "Reservation",
    "SectoralScope",
    "Total",
    "Transaction",
    "User",
    "project_methodologies",
]
