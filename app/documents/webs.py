"""HTML that stands by itself: semantic, with its language, with the style in it and nothing fetched from elsewhere."""

import base64
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.documents.blocks import Paper
from app.documents.faults import TemplateInvalid


def write_html(paper: Paper, look: Path) -> bytes:
    """The paper as a page. Raises TemplateInvalid when the look cannot be used."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(look.parent), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["base64"] = lambda text: base64.b64encode(text.encode()).decode()
    try:
        return environment.get_template(look.name).render(paper=paper).encode()
    except TemplateSyntaxError as fault:
        raise TemplateInvalid(look.name, fault.lineno, str(fault.message), str(fault.message)) from fault
    except TemplateError as fault:
        raise TemplateInvalid(look.name, 0, str(fault.message), str(fault.message)) from fault
