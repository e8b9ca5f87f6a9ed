"""What the facets offer: methodologies and scopes, and the projects that they stand for."""

from sqlalchemy import select

from app.store import credit_choices
from app.store.databases import Database
from app.store.tables import Methodology, Project, Total
from tests import starting


def test_a_methodology_and_a_scope_stand_for_the_projects_that_use_them(engine: str) -> None:
    with starting.url(engine) as url:
        database = Database.connect(url)
        with database.reading() as session:
            used: dict[str, set[int]] = {}
            scoped: dict[int | None, set[int]] = {}
            for project in session.scalars(select(Project)):
                for methodology in project.methodologies:
                    used.setdefault(methodology.reference, set()).add(project.id)
                    scoped.setdefault(methodology.sectoral_scope, set()).add(project.id)
            rich = set(session.scalars(select(Total.project_id).where(Total.quantity > 0)))
            known = credit_choices.methodologies(session)
            offered = credit_choices.with_credits(session)
            assert known == set(session.scalars(select(Methodology.reference)))
            assert offered == sorted(name for name, projects in used.items() if projects & rich)
            for name in known:
                projects = credit_choices.by_methodology(session, name)
                assert set(projects) == used.get(name, set()), name
                assert list(projects) == sorted(set(projects))
            scopes = credit_choices.scopes(session)
            assert scopes[1].ja and list(scopes) == sorted(scopes)
            for number in scopes:
                assert set(credit_choices.by_scope(session, number)) == scoped.get(number, set())
        database.close()
