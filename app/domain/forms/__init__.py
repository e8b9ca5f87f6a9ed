"""The five forms of a registry, in every version that an application may have been begun in."""

from functools import cache
from typing import Final

from app.domain.forms import form1, form2, form3, form4, form5, partners
from app.domain.forms.regions import HOME
from app.domain.forms.spec import Form, registry_of

#: Each form's versions in Japan's registry, oldest first; other registries have theirs from these.
VERSIONS: Final[dict[int, tuple[Form, ...]]] = {
    module.VERSIONS[0].number: module.VERSIONS for module in (form1, form2, form3, form4, form5)
}


def latest(number: int, registry: str = HOME) -> Form:
    """Return the version of a form that applications are begun in now; KeyError: no such form."""
    return _of(number, len(VERSIONS[number]) - 1, registry)


def edition(number: int, version: int) -> Form:
    """Return one version of a form; KeyError: there is none."""
    registry = registry_of(version)
    found = (_of(number, place, registry) for place in range(len(VERSIONS[number])))
    return {one.version: one for one in found}[version]


def newest(number: int, version: int) -> Form:
    """Return the version that a draft in an older one of the same registry is brought to."""
    return latest(number, registry_of(version))


def _of(number: int, place: int, registry: str) -> Form:
    form = VERSIONS[number][place]
    return form if registry == HOME else _adapted(number, form.version, registry)


@cache
def _adapted(number: int, version: int, registry: str) -> Form:
    return partners.adapted(edition(number, version), registry)
