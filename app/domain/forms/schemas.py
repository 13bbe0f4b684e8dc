"""Reading a form file: bytes in, a form out, or every problem with it in plain sentences.

JSON Schema can say far more than a page can ask. A form uses the part that docs/modelling.md describes, and the
rest is refused rather than passed over: a keyword that nobody acts on would be a promise nobody keeps.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.forms.building import built
from app.domain.forms.fields import FormInvalid, FormProblem
from app.domain.forms.reading import read_object, standard_problems, written_out
from app.domain.forms.vetting import form_problems

if TYPE_CHECKING:
    from app.domain.forms.fields import Form

_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_MOST_PROBLEMS: Final = 100


def parse_form(key: str, raw: bytes) -> Form:
    """The form that a file holds. ``key`` is the file's name without ``.json``.

    Raises FormInvalid with every problem (the first hundred, in the file's order): a file over 200 kB, not UTF-8,
    not a JSON object, names used twice, not JSON Schema 2020-12, or more than docs/modelling.md lets a form say.
    """
    if _KEY.fullmatch(key) is None:
        raise FormInvalid(
            [
                FormProblem(
                    "",
                    "Formulärets namn ska bestå av bokstäverna a till z, siffror, punkt, - och _.",
                    "The form's name must consist of the letters a to z, digits, full stop, - and _.",
                )
            ]
        )
    schema = read_object(raw)
    _refuse(list(standard_problems(schema)))
    schema, problems = written_out(schema)
    _refuse(problems)
    _refuse(list(form_problems(schema)))
    return built(key, schema)


def _refuse(problems: list[FormProblem]) -> None:
    if problems:
        raise FormInvalid(problems[:_MOST_PROBLEMS])
