"""Forms on a page: from a form and its values to what the templates show, and from what was posted to an answer.

    view = render_form(form, values, errors, options, language)     # for templates/forms/form.html
    posted = parse_posted(form, items)                              # posted.action: send, draft or rows

Everything works without JavaScript. Names and ids, for those who write pages, tests and styles:

    name   ``field``, ``rows.0.field``; ``rows.0`` marks that the row is there; ``field:remove`` takes a file away;
           ``_action`` is ``send``, ``draft``, ``add:rows`` or ``remove:rows:0``; ``_checked`` names the warnings that
           the writer has looked at
    id     ``f-field``, ``f-rows-0-field`` (what a label, an error link or focus goes to), ``f-rows-0`` (the row);
           its parts have two hyphens: ``f-field--help``, ``f-field--error``, ``f-field--2`` (the second choice),
           ``f-field--group``; the error summary is ``f-errors``, the warnings ``f-caution``. ``f`` is the prefix
           given to ``render_form``.

A file's name and its hidden present id are the same: of several values the last that is not empty counts, so the
page's route stores an upload and puts the new attachment's id in its place among the items.
"""

from app.web.forms.posting import PostedForm, parse_posted
from app.web.forms.rendering import render_form
from app.web.forms.views import (
    ButtonView,
    CautionView,
    ErrorView,
    FieldView,
    FileView,
    FormView,
    Option,
    OptionView,
    RowView,
    SummaryView,
)

__all__ = [
    "ButtonView",
    "CautionView",
    "ErrorView",
    "FieldView",
    "FileView",
    "FormView",
    "Option",
    "OptionView",
    "PostedForm",
    "RowView",
    "SummaryView",
    "parse_posted",
    "render_form",
]
