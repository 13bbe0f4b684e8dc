"""What people settle for themselves."""

from app.db import people
from app.domain.errors import InvalidInput
from app.services.unit_of_work import UnitOfWork

LANGUAGES = frozenset({"sv", "en"})


def choose_language(uow: UnitOfWork, language: str) -> None:
    """The language the principal reads from now on. Raises InvalidInput for one that the service does not speak."""
    if language not in LANGUAGES:
        raise InvalidInput("Språket är sv eller en.", "The language is sv or en.")
    people.set_language(uow.session, uow.who().id, language)
