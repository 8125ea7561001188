"""Folders of files that are changed while somebody reads them."""

from pathlib import Path


class Folder:
    """A folder whose files are replaced one by one, each in one step."""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self.path = path

    def write(self, name: str, content: str) -> None:
        """Make or replace a file."""
        fresh = self.path / f"{name}.new"
        fresh.write_text(content)
        fresh.replace(self.path / name)


class Mount(Folder):
    """A folder as Kubernetes mounts a secret: files are links, and one link is swapped.

    Source: kubernetes/pkg/volume/util/atomic_writer.go.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._files: dict[str, str] = {}
        self._version = 0

    def write(self, name: str, content: str) -> None:
        """Make or replace a file: a new folder of all of them takes the old one's."""
        self._files[name] = content
        self._version += 1
        version = self.path / f"..version-{self._version}"
        version.mkdir()
        for each, text in self._files.items():
            (version / each).write_text(text)
        fresh = self.path / "..data.new"
        fresh.symlink_to(version.name)
        fresh.replace(self.path / "..data")
        if not (self.path / name).is_symlink():
            (self.path / name).symlink_to(f"..data/{name}")
