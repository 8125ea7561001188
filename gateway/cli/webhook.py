"""`viber-gateway webhook`: tell Viber where callbacks go, and ask what it knows.

Each command does its work for every bot, or for the one named; one bot's trouble does
not keep the others from theirs.  The exit code is the worst of all: 2 for a token that
Viber does not know, else 1 for any other trouble.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import typer

from gateway.bots import Bot
from gateway.cli.account import Account, viber_client
from gateway.cli.command_loop import run
from gateway.cli.configuration import choose_bots, read_configuration
from gateway.cli.options import AsJson, OfBot
from gateway.cli.output import print_json, print_line, printable
from gateway.cli.reachable import wait_until_reachable
from gateway.cli.registration import Registration, registration
from gateway.core.errors import GatewayError, SettingsError
from gateway.egress.clock import SystemClock
from gateway.settings import ViberSettings

FAILED = 1
WRONG_TOKEN = 2
WAIT_SECONDS = 120.0

# What became of a bot: members for programs, of which `said` is for people.
Told = dict[str, Any]
Act = Callable[[Account], Awaitable[Told]]

Wait = Annotated[
    bool, typer.Option("--wait", help="First wait until the public URL answers.")
]
WaitSeconds = Annotated[float, typer.Option(min=0, help="Wait at most so long.")]
Names = Annotated[
    bool, typer.Option(help="Let Viber tell users' names and photos in callbacks.")
]


def set_(
    bot: OfBot = None,
    wait: Wait = False,
    wait_seconds: WaitSeconds = WAIT_SECONDS,
    names: Names = True,
    as_json: AsJson = False,
) -> None:
    """Tell Viber to send callbacks to VIBER_WEBHOOK_URL/webhooks/BOT.

    Example: viber-gateway webhook set --bot shop --wait --wait-seconds 300
    """
    viber, wanted, chosen = _read(bot)

    async def act(account: Account) -> Told:
        target = wanted[account.bot.name]
        if wait:
            await _wait(target.url, account, wait_seconds)
        await account.register(target, names=names)
        return _told(target, said=f"set to {target.url}; events: {target.events}")

    _for_each(viber, chosen, act, as_json=as_json)


def show(bot: OfBot = None, as_json: AsJson = False) -> None:
    """Show what Viber knows: the account, its webhook and events.

    Example: viber-gateway webhook show --json
    """
    settings, bots = read_configuration()
    chosen = choose_bots(bots, bot)
    _for_each(settings.viber, chosen, _show, as_json=as_json)


def remove(
    bot: OfBot = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell Viber to send no more callbacks: nobody can write to the bot then.

    Example: viber-gateway webhook remove --bot shop --yes
    """
    settings, bots = read_configuration()
    chosen = choose_bots(bots, bot)
    names = ", ".join(one.name for one in chosen)
    if not yes:
        typer.confirm(f"Remove the webhook of {names}?", abort=True, err=True)

    async def act(account: Account) -> Told:
        await account.unregister()
        return {"webhook": None, "said": "removed"}

    _for_each(settings.viber, chosen, act, as_json=as_json)


def reconcile(
    bot: OfBot = None,
    wait: Wait = False,
    wait_seconds: WaitSeconds = WAIT_SECONDS,
    names: Names = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what Viber knows otherwise than the settings say, and set it only then.

    Example: viber-gateway webhook reconcile --dry-run
    """
    viber, wanted, chosen = _read(bot)

    async def act(account: Account) -> Told:
        target = wanted[account.bot.name]
        differences = list(target.differences(await account.info()))
        if not differences:
            return _told(target, said=f"as it should be: {target.url}", differences=[])
        said = "; ".join(differences)
        if not dry_run:
            if wait:
                await _wait(target.url, account, wait_seconds)
            await account.register(target, names=names)
            said += f"; set to {target.url}; events: {target.events}"
        return _told(target, said=said, differences=differences)

    _for_each(viber, chosen, act, as_json=as_json)


def _read(
    bot: str | None,
) -> tuple[ViberSettings, Mapping[str, Registration], list[Bot]]:
    settings, bots = read_configuration()
    chosen = choose_bots(bots, bot)
    wanted = {one.name: registration(settings.viber, one) for one in chosen}
    return settings.viber, wanted, chosen


def _told(target: Registration, **more: Any) -> Told:
    return {"webhook": target.url, "event_types": target.event_types, **more}


async def _show(account: Account) -> Told:
    info = await account.info()
    webhook, events = info.get("webhook") or None, info.get("event_types") or []
    said = (
        f"{info.get('name', '?')} ({info.get('id', '?')}); "
        f"{info.get('subscribers_count', '?')} subscribers; "
        f"webhook {webhook or 'none'}; events: {', '.join(events) or 'none'}"
    )
    return {"webhook": webhook, "event_types": events, "said": said, "account": info}


async def _wait(url: str, account: Account, seconds: float) -> None:
    typer.echo(f"viber-gateway: waiting for {url}", err=True)
    await wait_until_reachable(url, account.rehearse, seconds, SystemClock())


def _for_each(
    settings: ViberSettings, bots: list[Bot], act: Act, *, as_json: bool
) -> None:
    told = run(_act_for_each(settings, bots, act, as_json=as_json))
    if as_json:
        print_json(told)
    if worst := max(one["exit_code"] for one in told):
        raise typer.Exit(worst)


async def _act_for_each(
    settings: ViberSettings, bots: list[Bot], act: Act, *, as_json: bool
) -> list[Told]:
    told = []
    async with viber_client(settings) as client:
        for bot in bots:
            told.append({"bot": bot.name, **await _act(Account(client, bot), act)})
            if not as_json and not told[-1]["exit_code"]:
                print_line(f"{bot.name}: {told[-1]['said']}")
    return told


async def _act(account: Account, act: Act) -> Told:
    try:
        return {**await act(account), "exit_code": 0}
    except GatewayError as error:
        typer.echo(f"viber-gateway: {printable(str(error))}", err=True)
        is_wrong_token = isinstance(error, SettingsError)
        code = WRONG_TOKEN if is_wrong_token else FAILED
        return {"said": str(error), "exit_code": code}
