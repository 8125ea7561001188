"""Does Viber know each bot and call it; do the clocks agree: findings for `doctor`."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.bots import Bot
from gateway.cli.account import Account, ViberRefusedError, viber_client
from gateway.cli.finding import Finding, fault, warning, well
from gateway.cli.reachable import why_not
from gateway.cli.registration import registration
from gateway.core.errors import SettingsError
from gateway.egress.clock import SystemClock
from gateway.settings import ViberSettings

# The answer's date is in whole seconds, and it travels; beyond this, expiry times and
# the age limit of commands are off by more than anybody expects.
SKEW_SECONDS = 10.0


async def check_viber(settings: ViberSettings, bots: Iterable[Bot]) -> list[Finding]:
    """Ask Viber about the time and about each bot, and call each bot's webhook."""
    async with viber_client(settings) as client:
        findings = check_clock(await client.time(), SystemClock.wall())
        for bot in bots:
            findings += await _check_bot(settings, Account(client, bot))
    return findings


def check_clock(theirs: float | None, ours: float) -> list[Finding]:
    """Compare two clocks, in seconds since 1970; nothing where theirs is not told."""
    if theirs is None:
        return []
    ahead = ours - theirs
    if abs(ahead) <= SKEW_SECONDS:
        return [well("clock", f"agrees with Viber's to {SKEW_SECONDS:g} s")]
    said = f"is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} Viber's"
    return [fault("clock", said, "let NTP set the clock of this machine")]


async def _check_bot(settings: ViberSettings, account: Account) -> list[Finding]:
    about = f"bot {account.bot.name}"
    try:
        info = await account.info()
    except SettingsError as error:
        advice = "correct VIBER_AUTH_TOKEN[_FILE], or token_file in the bots file"
        return [fault(about, _said(error, about), advice)]
    except ViberRefusedError as error:
        advice = "look at VIBER_API_URL, HTTPS_PROXY, and the way out of this network"
        return [fault(about, _said(error, about), advice)]
    known = well(about, f"Viber knows it as {info.get('name', '?')}")
    return [known, *await _check_webhook(settings, account, info)]


async def _check_webhook(
    settings: ViberSettings, account: Account, info: Mapping[str, Any]
) -> list[Finding]:
    about = f"webhook of {account.bot.name}"
    try:
        wanted = registration(settings, account.bot)
    except SettingsError as error:
        said = f"Viber calls {info.get('webhook') or 'nobody'}; {error}"
        return [warning(about, said, "set VIBER_WEBHOOK_URL")]
    findings = [
        fault(about, difference, "viber-gateway webhook reconcile")
        for difference in wanted.differences(info)
    ]
    if reason := why_not(await account.rehearse(wanted.url)):
        advice = (
            "look at what stands before the gateway, unless only we do not reach it"
        )
        findings.append(warning(about, f"from here {wanted.url}: {reason}", advice))
    return findings or [well(about, f"{wanted.url} is called, and answers")]


def _said(error: Exception, about: str) -> str:
    return str(error).removeprefix(f"{about}: ")
