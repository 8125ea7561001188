"""get_account_info, get_user_details and get_online."""

from dataclasses import dataclass
from typing import Any

from simulator.accounts import Bot, User
from simulator.api import receivers
from simulator.api.answers import Answer, refused
from simulator.rules import limits
from simulator.rules.messages import check_members
from simulator.rules.schema import Field
from simulator.rules.statuses import Refusal, Status, refuse
from simulator.world import World

Json = dict[str, Any]
# https://developers.viber.com/docs/api/rest-bot-api/#get-online
ONLINE = (0, "online")
OFFLINE = (1, "offline")
UNDISCLOSED = (2, "undisclosed")
UNAVAILABLE = (4, "unavailable")
ID = {"id": Field("string", required=True)}
IDS = {
    "ids": Field("array", 1, limits.ONLINE_IDS, items=Field("string"), required=True)
}
# Mobile country codes of ITU E.212 for the countries that demos use.
COUNTRY_CODES = {"GB": 234, "UA": 255, "RS": 220, "BG": 284, "GR": 202, "US": 310}


@dataclass(frozen=True, slots=True)
class Asking:
    """The methods that ask."""

    world: World

    def get_account_info(self, bot: Bot, _request: Json) -> Answer:
        """Tell what Viber knows of the bot."""
        return Answer(
            {
                "status": 0,
                "status_message": "ok",
                "id": bot.id,
                "chat_hostname": bot.host,
                "name": bot.title,
                "uri": bot.name,
                "icon": "https://cdn.shop.example/icon.jpg",
                "background": "https://cdn.shop.example/bg.jpg",
                "category": "Retail",
                "subcategory": "Electronics",
                "location": {"lat": 50.4501, "lon": 30.5234},
                "country": "UA",
                **_webhook(bot),
                "subscribers_count": sum(u.subscribed for u in bot.users.values()),
                "members": [_admin(bot)],
                "chat_flags": [],
            }
        )

    def get_user_details(self, bot: Bot, request: Json) -> Answer:
        """Tell what Viber knows of a subscriber, twice in 12 hours."""
        user = self._subscriber(bot, request)
        if isinstance(user, Refusal):
            return refused(user, bot.host)
        return Answer(
            {
                "status": 0,
                "status_message": "ok",
                "chat_hostname": bot.host,
                "user": _details(bot, user),
            }
        )

    def get_online(self, bot: Bot, request: Json) -> Answer:
        """Tell which users are online."""
        refusal = check_members(request, IDS)
        if refusal is not None:
            return refused(refusal, bot.host)
        users = [_online(bot, user_id) for user_id in request["ids"]]
        return Answer({"status": 0, "status_message": "ok", "users": users})

    def _subscriber(self, bot: Bot, request: Json) -> User | Refusal:
        refusal = check_members(request, ID)
        if refusal is not None:
            return refusal
        user = receivers.find(bot, request["id"])
        if isinstance(user, Refusal):
            return user
        if not user.subscribed:
            return refuse(Status.RECEIVER_NOT_SUBSCRIBED)
        now = self.world.clock.now_ms()
        if not user.details.take(now, limits.DETAILS, limits.DETAILS_WINDOW_MS):
            return refuse(Status.TOO_MANY_REQUESTS)
        return user


def _webhook(bot: Bot) -> Json:
    if not bot.webhook:
        return {}
    return {"webhook": bot.webhook, "event_types": list(bot.event_types)}


def _admin(bot: Bot) -> Json:
    role = "superadmin" if bot.grants.channel else "admin"
    return {"id": bot.admin, "name": f"{bot.title} admin", "role": role}


def _details(bot: Bot, user: User) -> Json:
    shown = bot.show(user)
    details = {"id": user.id, "name": shown["name"]}
    if "avatar" in shown:
        details["avatar"] = shown["avatar"]
    return details | {
        "language": user.language,
        "country": user.country,
        "primary_device_os": "Android 14",
        "api_version": user.api_version,
        "viber_version": "25.1.0.0",
        "mcc": COUNTRY_CODES.get(user.country, 0),
        "mnc": 1,
        "device_type": "simulated phone",
    }


def _online(bot: Bot, user_id: str) -> Json:
    user = bot.users.get(user_id)
    code, text = _presence(user)
    entry: Json = {
        "id": user_id,
        "online_status": code,
        "online_status_message": text,
    }
    if user is not None and user.subscribed:
        entry["last_online"] = 0 if user.hidden else user.last_online
    return entry


def _presence(user: User | None) -> tuple[int, str]:
    if user is None or not user.subscribed:
        return UNAVAILABLE
    if user.hidden:
        return UNDISCLOSED
    return ONLINE if user.online else OFFLINE
