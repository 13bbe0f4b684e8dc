"""Files as they leave: their name in two alphabets, and for a page that was written here what it may do: nothing."""

from urllib.parse import quote

SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; sandbox"
)
"""For a document as HTML: its own style and pictures in it, no script, no form, no origin."""


def disposition(file_name: str, *, shown: bool = False) -> str:
    """The header for a file to be saved under its name, or to be shown in place."""
    plain = "".join(sign if (sign.isascii() and sign.isalnum()) or sign in "._-" else "_" for sign in file_name)
    how = "inline" if shown else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
