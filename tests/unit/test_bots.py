"""The bots: one in the environment or many in a file; a fault tells its place."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from gateway.bots import Bot, ListedBot, WelcomeTable, list_bots, read_bots
from gateway.core.command import Sender
from gateway.core.errors import SettingsError
from gateway.settings import ViberSettings

TOKEN = "4453b6ac1s345678-e02c5f12174805f9-daec9cbb5448c51f"
OLD_TOKEN = "0fixture0token00-0fixture0token01-0fixture0token02"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with files of tokens."""
    tokens = {"token": TOKEN, "old": OLD_TOKEN + "\n", "empty": " \n", "odd": "a b"}
    for name, token in tokens.items():
        (tmp_path / name).write_text(token, encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff" + TOKEN.encode())
    (tmp_path / "word").write_text("p\u00e4ss", encoding="utf-8")
    return tmp_path


def from_file(folder: Path, text: str) -> dict[str, Bot]:
    """Read the bots of a file; `HERE` in it stands for the folder."""
    file = folder / "bots.toml"
    file.write_text(text.replace("HERE", str(folder)), encoding="utf-8")
    return read_bots(ViberSettings(bots_file=file))


def faults(folder: Path, text: str) -> list[str]:
    """Return what is wrong with a file, without the folder's name."""
    with pytest.raises(SettingsError) as caught:
        from_file(folder, text)
    return [fault.replace(str(folder), "HERE") for fault in caught.value.faults]


def test_the_one_bot_of_the_environment() -> None:
    """Its name, token, and what is filled in for it."""
    settings = ViberSettings(
        auth_token=SecretStr(TOKEN), bot="shop", sender_name="Shop", sender_avatar="a"
    )

    assert read_bots(settings) == {
        "shop": Bot("shop", TOKEN, sender=Sender("Shop", "a"))
    }


def test_it_is_called_main_where_nobody_says() -> None:
    """It stands in the webhook's path, so it needs a name."""
    assert list(read_bots(ViberSettings(auth_token=SecretStr(TOKEN)))) == ["main"]


def test_bots_are_listed_without_a_token(tmp_path: Path) -> None:
    """Who makes topics need not have one; other faults are told all the same."""
    assert list_bots(ViberSettings(bot="shop")) == {"shop": ListedBot("shop")}
    file = tmp_path / "bots.toml"
    file.write_text("[bots.shop]\ntoken_file = '/nowhere'\nwelcome.mode = 'reply'")
    asks = ListedBot("shop", WelcomeTable(mode="reply"))
    assert list_bots(ViberSettings(bots_file=file)) == {"shop": asks}

    file.write_text("[bots.shop]\ntoken = 'x'")

    with pytest.raises(SettingsError, match=r"bots\.shop\.token: no such member"):
        list_bots(ViberSettings(bots_file=file))


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "  "])
def test_a_token_is_read_without_its_line_s_end(tmp_path: Path, end: str) -> None:
    """`echo` and editors leave one; every signature would be wrong with it."""
    file = tmp_path / "token"
    file.write_bytes((TOKEN + end).encode())

    assert read_bots(ViberSettings(auth_token_file=file))["main"].token == TOKEN
    given = ViberSettings(auth_token=SecretStr(TOKEN + end))
    assert read_bots(given)["main"].token == TOKEN


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (
            {},
            "VIBER_AUTH_TOKEN[_FILE], or VIBER_BOTS_FILE for many bots: is required",
        ),
        ({"auth_token": " "}, "VIBER_AUTH_TOKEN: is empty"),
        ({"auth_token": "a b"}, "VIBER_AUTH_TOKEN: a token is ASCII without spaces"),
        (
            {"auth_token": TOKEN, "auth_token_file": "t"},
            "VIBER_AUTH_TOKEN: not together with VIBER_AUTH_TOKEN_FILE",
        ),
        (
            {"auth_token": TOKEN, "bots_file": "b"},
            "VIBER_BOTS_FILE: not together with VIBER_AUTH_TOKEN[_FILE]",
        ),
        (
            {"auth_token_file": "t", "bots_file": "b"},
            "VIBER_BOTS_FILE: not together with VIBER_AUTH_TOKEN[_FILE]",
        ),
        (
            {"auth_token_file": "/nowhere"},
            "VIBER_AUTH_TOKEN_FILE: /nowhere: No such file or directory",
        ),
        (
            {"bots_file": "/nowhere"},
            "VIBER_BOTS_FILE: /nowhere: No such file or directory",
        ),
    ],
)
def test_a_bot_that_cannot_be_read_says_why(
    settings: dict[str, Any], fault: str
) -> None:
    """One line: which setting, and what is wrong with it."""
    with pytest.raises(SettingsError) as caught:
        read_bots(ViberSettings(**settings))

    assert len(caught.value.faults) == 1
    assert str(caught.value).startswith(fault)


def test_a_bots_file_says_all_about_each_bot(folder: Path) -> None:
    """The example of the contract."""
    bots = from_file(
        folder,
        """
        [bots.shop]
        token_file = "HERE/token"
        previous_token_file = "HERE/old"
        rate_limit_per_second = 20
        sender = { name = "Shop", avatar = "https://cdn.example/a.png" }
        event_types = ["delivered", "seen"]
        [bots.shop.welcome]
        mode = "static"
        message = { type = "text", text = "Hello!" }
        timeout_seconds = 1.5
        [bots.help]
        token_file = "HERE/old"
        """,
    )

    assert bots == {
        "shop": Bot(
            "shop",
            TOKEN,
            OLD_TOKEN,
            Sender("Shop", "https://cdn.example/a.png"),
            20.0,
            ("delivered", "seen"),
            WelcomeTable(
                mode="static",
                message={"type": "text", "text": "Hello!"},
                timeout_seconds=1.5,
            ),
        ),
        "help": Bot("help", OLD_TOKEN),
    }
    assert bots["help"].welcome == WelcomeTable(mode="off", timeout_seconds=2.0)


SHOP = '[bots.shop]\ntoken_file = "HERE/token"\n'
WELCOME = SHOP + "[bots.shop.welcome]\n"
NO_BOT = "names no bot; write [bots.NAME] tables"
FILES = {
    "empty": ("", NO_BOT),
    "no bots": ("[bots]", NO_BOT),
    "bots is a number": ("bots = 7", NO_BOT),
    "a stranger beside bots": (
        SHOP + "[bot.help]",
        "unknown member 'bot', only 'bots'",
    ),
    "no table": ("[bots]\nshop = 7", "bots.shop: must be a table"),
    "no token": ("[bots.shop]", "bots.shop.token_file: is required"),
    "unknown member": (SHOP + 'token = "t"', "bots.shop.token: no such member"),
    "unknown member of a table": (
        SHOP + 'sender = { title = "Shop" }',
        "bots.shop.sender.title: no such member",
    ),
    "a rate of nothing": (
        SHOP + "rate_limit_per_second = 0",
        "bots.shop.rate_limit_per_second: must be more than 0",
    ),
    "a rate without end": (
        SHOP + "rate_limit_per_second = inf",
        "bots.shop.rate_limit_per_second: must be a number",
    ),
    "a name too long for Viber": (
        SHOP + f'sender = {{ name = "{"x" * 29}" }}',
        "bots.shop.sender.name: must have at most 28 characters",
    ),
    "unknown event": (
        SHOP + 'event_types = ["seen", "read"]',
        "bots.shop.event_types.1: must be 'delivered', 'seen', 'failed', ",
    ),
    "unknown mode": (
        WELCOME + 'mode = "on"',
        "bots.shop.welcome.mode: must be 'off', 'static' or 'reply'",
    ),
    "a welcome without a word": (
        WELCOME + 'mode = "static"',
        "bots.shop.welcome: mode 'static' needs a message",
    ),
    "a welcome from a text": (
        WELCOME + 'message = { sender = "Shop" }',
        "bots.shop.welcome: message.sender must be a table",
    ),
    "a welcome that is no message": (
        WELCOME + 'message = { text = "Hello!" }',
        "bots.shop.welcome: needs a 'type' or a 'keyboard'",
    ),
    "a welcome too large": (
        f'{WELCOME}message = {{ type = "text", text = "{"x" * 30_000}" }}',
        "bots.shop: welcome.message: 30025 bytes, Viber takes 30000",
    ),
    "a welcome too large with its sender": (
        SHOP
        + 'sender = { name = "Shop" }\n[bots.shop.welcome]\n'
        + f'message = {{ type = "text", text = "{"x" * 29_960}" }}',
        "bots.shop: welcome.message: 30010 bytes, Viber takes 30000",
    ),
    "a welcome too late": (
        WELCOME + "timeout_seconds = 5",
        "bots.shop.welcome.timeout_seconds: must be at most 4",
    ),
    "token missing": (
        SHOP.replace('token"', 'nowhere"'),
        "bots.shop.token_file: HERE/nowhere: No such file or directory",
    ),
    "token empty": (
        SHOP.replace('token"', 'empty"'),
        "bots.shop.token_file: HERE/empty: is empty",
    ),
    "token with a space": (
        SHOP.replace('token"', 'odd"'),
        "bots.shop.token_file: HERE/odd: a token is ASCII without spaces",
    ),
    "token with an umlaut": (
        SHOP.replace('token"', 'word"'),
        "bots.shop.token_file: HERE/word: a token is ASCII without spaces",
    ),
    "token is no text": (
        SHOP.replace('token"', 'binary"'),
        "bots.shop.token_file: HERE/binary: is no text",
    ),
    "previous token empty": (
        SHOP + 'previous_token_file = "HERE/empty"',
        "bots.shop.previous_token_file: HERE/empty: is empty",
    ),
    "a name that fits in no path": (
        SHOP.replace("shop", "Shop"),
        "bots.Shop: a bot's name has 1 to 40 of a-z 0-9 -",
    ),
    "a name too long": (
        SHOP.replace("shop", "x" * 41),
        f"bots.{'x' * 41}: a bot's name has 1 to 40 of a-z 0-9 -",
    ),
}


@pytest.mark.parametrize(("text", "line"), FILES.values(), ids=FILES)
def test_a_fault_of_the_file_is_one_line(folder: Path, text: str, line: str) -> None:
    """Which file, which member, what is wrong with it."""
    (fault,) = faults(folder, text)

    assert fault.startswith(f"HERE/bots.toml: {line}")


def test_a_file_that_is_no_toml_says_where(folder: Path) -> None:
    """The line and the column; nothing of what stands there."""
    (fault,) = faults(folder, f"[bots.shop]\ntoken_file = {TOKEN}")

    assert fault.startswith("HERE/bots.toml: ")
    assert "line 2" in fault
    assert TOKEN not in fault


def test_a_file_that_is_no_text_is_a_fault(folder: Path) -> None:
    """TOML is UTF-8."""
    file = folder / "binary"

    with pytest.raises(SettingsError, match=r"^VIBER_BOTS_FILE: .*/binary: is no text"):
        read_bots(ViberSettings(bots_file=file))


def test_all_faults_of_a_file_are_told_at_once(folder: Path) -> None:
    """Nobody wants to start a process five times to find five slips."""
    text = (
        SHOP
        + "tokn = 1\nsender = { title = 1 }\n"
        + '[bots.HELP]\ntoken_file = "HERE/empty"'
    )

    assert faults(folder, text) == [
        "HERE/bots.toml: bots.shop.sender.title: no such member",
        "HERE/bots.toml: bots.shop.tokn: no such member",
        "HERE/bots.toml: bots.HELP.token_file: HERE/empty: is empty",
        "HERE/bots.toml: bots.HELP: a bot's name has 1 to 40 of a-z 0-9 -",
    ]


def test_a_token_is_never_shown(folder: Path) -> None:
    """Neither by a bot nor by a complaint about it."""
    bots = from_file(folder, SHOP + 'previous_token_file = "HERE/old"')
    said = [repr(bots), str(bots), *faults(folder, SHOP + f'token = "{TOKEN}"')]

    assert not [text for text in said if TOKEN in text or OLD_TOKEN in text]


def test_signatures_are_made_with_either_token() -> None:
    """With the previous one only while there is one."""
    assert Bot("shop", "new").signature_keys == (b"new",)
    assert Bot("shop", "new", "old").signature_keys == (b"new", b"old")
    assert Bot("shop", "new", "").signature_keys == (b"new",)


def test_a_token_in_place_of_a_file_is_not_shown() -> None:
    """Who mixes the two settings up must not find the token in a log."""
    settings = ViberSettings(auth_token_file=Path("4d3a1c9be0f25768-8a61b2c3d4e5f607"))

    with pytest.raises(SettingsError) as caught:
        read_bots(settings)

    assert caught.value.faults == [
        "VIBER_AUTH_TOKEN_FILE: cannot be read: No such file or directory"
    ]
