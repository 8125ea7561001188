"""The bots as they are now: read again when their files change."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gateway.bots import Bot, read_bots
from gateway.core.errors import SettingsError
from gateway.roster import Roster
from gateway.settings import ViberSettings
from tests.fakes.logbook import capture_logs

Change = tuple[Mapping[str, Bot], Mapping[str, Bot]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., None]:
    """Return what writes the bots file, and a file of the token of each bot."""

    def write(**tokens: str) -> None:
        for name, token in tokens.items():
            (tmp_path / name).write_text(token, encoding="utf-8")
        tables = [f'[bots.{n}]\ntoken_file = "{tmp_path / n}"' for n in tokens]
        (tmp_path / "bots.toml").write_text("\n".join(tables), encoding="utf-8")

    return write


def roster(tmp_path: Path) -> tuple[Roster, list[Change]]:
    """Return the bots of the file, and where changes are told."""
    found = Roster(lambda: read_bots(ViberSettings(bots_file=tmp_path / "bots.toml")))
    changes: list[Change] = []
    found.on_change(lambda before, now: changes.append((before, now)))
    return found, changes


def test_a_roster_is_a_mapping_of_bots(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    """Names can be counted, listed and looked up."""
    write(shop="t1", help="t2")

    bots, _ = roster(tmp_path)

    assert dict(bots) == {"shop": Bot("shop", "t1"), "help": Bot("help", "t2")}
    assert (len(bots), list(bots)) == (2, ["shop", "help"])
    assert "other" not in bots


def test_a_wrong_first_version_ends_the_start(tmp_path: Path) -> None:
    """There is no right one to go on with."""
    with pytest.raises(SettingsError, match=r"bots\.toml"):
        roster(tmp_path)


async def test_a_change_is_taken_over_and_told(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    """A bot comes, one goes, one has a new token."""
    write(shop="t1", help="t2")
    bots, changes = roster(tmp_path)
    before = dict(bots)

    write(shop="t3", news="t4")
    await bots.look()

    assert dict(bots) == {"shop": Bot("shop", "t3"), "news": Bot("news", "t4")}
    assert changes == [(before, dict(bots))]


async def test_a_token_file_alone_may_change(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    """Also by an atomic replacement, as Kubernetes does it."""
    write(shop="t1")
    bots, changes = roster(tmp_path)

    (tmp_path / "new").write_text("t2", encoding="utf-8")
    (tmp_path / "new").rename(tmp_path / "shop")
    await bots.look()

    assert bots["shop"].token == "t2"
    assert len(changes) == 1


async def test_nothing_is_told_when_nothing_changed(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    """A file that was only touched is the same."""
    write(shop="t1")
    bots, changes = roster(tmp_path)

    write(shop="t1\n")
    await bots.look()

    assert changes == []


@pytest.mark.parametrize("wrong", ["", " ", "two words"])
async def test_a_wrong_version_is_refused_and_the_last_right_one_stays(
    tmp_path: Path, write: Callable[..., None], wrong: str
) -> None:
    """It is logged once, however often it is looked at."""
    write(shop="t1")
    bots, changes = roster(tmp_path)
    write(shop=wrong)

    with capture_logs() as logs:
        await bots.look()
        await bots.look()

    assert [entry["event"] for entry in logs] == ["bots_refused"]
    assert (bots["shop"].token, changes) == ("t1", [])


async def test_a_file_that_vanishes_changes_nothing(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    """Nobody is cut off by a volume that is not mounted for a moment."""
    write(shop="t1")
    bots, _ = roster(tmp_path)

    (tmp_path / "shop").unlink()
    await bots.look()
    (tmp_path / "bots.toml").unlink()
    await bots.look()

    assert bots["shop"].token == "t1"


async def test_a_version_mended_and_broken_again_is_logged_again(
    tmp_path: Path, write: Callable[..., None]
) -> None:
    """The second time it is news."""
    write(shop="t1")
    bots, _ = roster(tmp_path)

    with capture_logs() as logs:
        for token in ("", "t1", "", "t2"):
            write(shop=token)
            await bots.look()

    assert [entry["event"] for entry in logs] == [
        "bots_refused",
        "bots_accepted",
        "bots_refused",
        "bots_changed",
    ]
    assert not [entry for entry in logs if "t2" in str(entry)]
