"""What a user names in the place of the owners' servers: an address, or a folder with their files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from kg.errors import InputError
from kg.transfer import file_name, public_url


@dataclass(frozen=True, slots=True)
class Mirror:
    """What stands in the owners' place; nothing where both are empty.

    Attributes:
        base: an address that takes the place of scheme and host.
        folder: a folder with the owners' files.
    """

    base: str = ""
    folder: Path | None = None

    @classmethod
    def of(cls, text: str) -> Mirror:
        """Tell an address from a folder.

        Raises:
            InputError: if it is neither.

        >>> Mirror.of("https://mirror.example/owners/").base
        'https://mirror.example/owners'
        """
        parts = urlsplit(text)
        if not text:
            return cls()
        if parts.scheme in {"http", "https"}:
            if parts.query or parts.fragment or not parts.hostname:
                raise InputError(
                    f"--mirror {public_url(text)}: an address without query is wanted", value=public_url(text)
                )
            return cls(base=text.rstrip("/"))
        if parts.scheme == "file":
            folder = Path(url2pathname(parts.path))
        elif "://" in text:
            raise InputError("--mirror: an http(s) address or a folder is wanted", value=parts.scheme)
        else:
            folder = Path(text).expanduser()
        if not folder.is_dir():
            raise InputError(f"--mirror: there is no folder {folder}", value=str(folder))
        return cls(folder=folder)

    def address(self, url: str) -> str:
        """Return where a file of an owner's address is asked for.

        >>> Mirror("https://mirror.example/x").address("https://owner.example/a/mondo.obo")
        'https://mirror.example/x/a/mondo.obo'
        """
        return self.base + urlsplit(url).path if self.base else url

    def find(self, url: str) -> Path | None:
        """Return the file of an address in the folder: by its name, or in folders as on the owner's server.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Path(folder, "mondo.obo").touch()
        ...     found = Mirror(folder=Path(folder)).find("https://owner.example/a/mondo.obo")
        >>> found and found.name
        'mondo.obo'
        """
        if not self.folder:
            return None
        parts = urlsplit(url)
        path = parts.path.lstrip("/")
        tried = (self.folder / file_name(url), self.folder / path, self.folder / (parts.hostname or "") / path)
        return next((p for p in tried if p.is_file()), None)

    @property
    def origin(self) -> str:
        """What is written of it into ``sources.toml``: no secret, and no path of this machine.

        >>> Mirror("https://me:secret@mirror.example/x").origin, Mirror().origin
        ('mirror https://mirror.example/x', '')
        """
        return "mirror folder" if self.folder else f"mirror {public_url(self.base)}" if self.base else ""
