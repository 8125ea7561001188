"""The bots file that the chart writes is read by the gateway as it was meant."""

import string
import tomllib
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.bots import Bot, read_bots
from gateway.settings import ViberSettings
from tests.chart.rendering import CHART, Helm, Objects

FOLDER = "/etc/viber-gateway/tokens"

KEYS = st.text(string.ascii_letters + "-_ .\"'é", min_size=1, max_size=8)
# Those that YAML can carry; of others Helm says that it cannot.
CONTROLS = st.sampled_from("\0\a\b\t\n\v\f\r\x1b\x7f")
# What JSON can say and TOML too: no null, whole numbers of 53 bits.
SCALARS = (
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-(2.0**53), 2.0**53, width=32)
    | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | CONTROLS)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=8,
)


def bots_file(objects: Objects) -> str:
    """Return the bots file's text."""
    return str(objects.one("ConfigMap", "-bots")["data"]["bots.toml"])


def mounted(objects: Objects, folder: Path) -> None:
    """Lay out the token files as the kubelet would, each saying whose it is."""
    pod = next(iter(objects.pods().values()))
    (volume,) = (v for v in pod["volumes"] if v["name"] == "tokens")
    for source in volume["projected"]["sources"]:
        for item in source["secret"]["items"]:
            path = folder / item["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{source['secret']['name']}/{item['key']}")


def read(objects: Objects, folder: Path) -> dict[str, Bot]:
    """Read the bots as the gateway does, from a folder in place of the mounts."""
    mounted(objects, folder)
    text = bots_file(objects).replace(FOLDER, str(folder))
    (folder / "bots.toml").write_text(text)
    return read_bots(ViberSettings(bots_file=folder / "bots.toml"))


def test_bots_are_read_as_they_were_written(helm: Helm, tmp_path: Path) -> None:
    """Tokens, rates, senders, events and the welcome message all arrive."""
    values = yaml.safe_load((CHART / "ci/many-bots-values.yaml").read_text())
    said = values["bots"]["shop"]

    bots = read(helm.render("many-bots"), tmp_path)

    assert bots.keys() == values["bots"].keys()
    shop = bots["shop"]
    assert (shop.token, shop.previous_token) == (
        "viber-tokens/shop",
        "viber-tokens/shop-old",
    )
    assert shop.rate_limit_per_second == said["rateLimitPerSecond"]
    assert (shop.sender.name, shop.sender.avatar) == tuple(said["sender"].values())
    assert shop.event_types == tuple(said["eventTypes"])
    assert shop.welcome.mode == "static"
    assert shop.welcome.timeout_seconds == said["welcome"]["timeoutSeconds"]
    assert shop.welcome.message == said["welcome"]["message"]


def test_a_bot_of_few_words_has_the_gateways_defaults(
    helm: Helm, tmp_path: Path
) -> None:
    """What is not said is not written, so the gateway's defaults hold."""
    bots = read(helm.render("minimal"), tmp_path)

    assert bots == {"shop": Bot("shop", "viber-shop/token")}


def test_numbers_of_keyboards_stay_whole(helm: Helm) -> None:
    """Viber refuses 6.0 columns, which is what Helm's own toToml would write."""
    assert '"Columns" = 6,' in bots_file(helm.render("many-bots"))


@settings(
    max_examples=40,
    deadline=None,  # Helm is another process
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(messages=st.lists(st.dictionaries(KEYS, VALUES), min_size=1, max_size=5))
def test_any_message_survives_the_way_through_toml(
    helm: Helm, messages: list[dict[str, Any]]
) -> None:
    """Quotes, line ends, emoji and control characters come out as they went in."""
    bots: dict[str, Any] = {
        f"bot-{number}": {
            "tokenSecret": {"name": "s"},
            "welcome": {"mode": "static", "message": message},
        }
        for number, message in enumerate(messages)
    }

    written = tomllib.loads(bots_file(helm.render("minimal", {"bots": bots})))["bots"]

    for name, bot in bots.items():
        assert written[name]["welcome"]["message"] == bot["welcome"]["message"]


def test_tokens_may_be_made_by_the_chart_for_a_first_look(
    helm: Helm, tmp_path: Path
) -> None:
    """With secrets.create, the files come from one Secret of the chart's."""
    values = {
        "kafka": {"bootstrapServers": "k:9092", "securityProtocol": "PLAINTEXT"},
        "secrets": {"create": True, "tokens": {"a": "token-a", "b": "token-b"}},
        "bots": {"a": {}, "b": {}},
    }
    objects = helm.render("", values)

    assert objects.one("Secret")["stringData"] == {"a": "token-a", "b": "token-b"}
    assert read(objects, tmp_path)["a"].token == "gw-viber-gateway-tokens/a"


def test_without_that_the_chart_makes_no_secret(helm: Helm) -> None:
    """A token in the values would stand in the release for good."""
    assert not helm.render("full").of("Secret")
