"""A template that cannot be used: which, where and why."""


class TemplateInvalid(ValueError):
    """A template is refused. `line` is the line of the template, 0 when it concerns the whole of it."""

    def __init__(self, name: str, line: int, sv: str, en: str) -> None:
        self.name, self.line = name, line
        where_sv, where_en = (f"{name}, rad {line}", f"{name}, line {line}") if line else (name, name)
        self.sv, self.en = f"{where_sv}: {sv}", f"{where_en}: {en}"
        super().__init__(self.en)
