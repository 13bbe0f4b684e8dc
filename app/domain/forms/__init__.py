"""Forms: what a user task asks, and what a person answers.

A form is a JSON Schema (draft 2020-12) with hints, written as docs/modelling.md says under "Forms". A submission is
a JSON object that fits it. Everything here is pure:

    form = parse_form("underlag", raw)         # FormInvalid lists every problem, in Swedish and English
    errors = validate(form, submission)        # empty when the answer can be sent in
    variables(form, submission)                # what the process remembers
    guarded_texts(form, submission)            # what the personal-data guard asks about
    texts_within(submission)                   # everything written, which it may stop
    file_ids(form, submission)                 # which attachments the answer refers to

Pointers are JSON Pointers (RFC 6901) into the submission: ``/atgarder/1/vad``.
"""

from app.domain.forms.answers import Variable, file_ids, guarded_texts, texts_within, variables
from app.domain.forms.fields import (
    Choice,
    Field,
    Form,
    FormInvalid,
    FormProblem,
    Language,
    Scalar,
    Sentence,
    in_sentence,
)
from app.domain.forms.schemas import parse_form
from app.domain.forms.submissions import FieldError, validate
from app.domain.forms.vocabulary import PEOPLE

__all__ = [
    "PEOPLE",
    "Choice",
    "Field",
    "FieldError",
    "Form",
    "FormInvalid",
    "FormProblem",
    "Language",
    "Scalar",
    "Sentence",
    "Variable",
    "file_ids",
    "guarded_texts",
    "in_sentence",
    "parse_form",
    "texts_within",
    "validate",
    "variables",
]
