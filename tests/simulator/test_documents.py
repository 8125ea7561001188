"""What the documents say of the simulator is what it does."""

import re
import shlex
from pathlib import Path

import yaml

from simulator.control.app import build
from simulator.faults import Kind
from simulator.scenario import Scenario
from tests.simulator.desk import Desk
from tests.simulator.process import hook, run_to_end, simulator

DOCS = Path(__file__).parents[2] / "docs"
SIMULATOR = (DOCS / "simulator.md").read_text("utf-8")
API = (DOCS / "simulator-api.md").read_text("utf-8")
CURL = re.findall(r"^curl .*", SIMULATOR, re.MULTILINE)
PAGE = {"GET /", "GET /page/{name}"}


def first_cells(text: str, form: str) -> list[str]:
    """Return what stands in code in the first cells of all tables, if it has a form."""
    cells = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return [code for cell in cells for code in re.findall(rf"`({form})`", cell)]


def test_every_route_is_documented() -> None:
    """And no other; the page's own files go without saying."""
    paths = build(Desk().simulator).openapi()["paths"]
    routes = {f"{verb.upper()} {path}" for path in paths for verb in paths[path]}

    assert sorted(first_cells(API, "[A-Z]+ /.*?")) == sorted(routes - PAGE)


def test_every_fault_is_documented() -> None:
    """And no other."""
    assert sorted(first_cells(SIMULATOR, "[a-z_]+")) == sorted(Kind)


async def test_every_option_is_documented() -> None:
    """And no other."""
    _, told, _ = await run_to_end("--help")
    options = set(re.findall(r"--[a-z-]+", told)) - {"--help"}

    assert set(re.findall(r"`(--[a-z-]+)", SIMULATOR)) == options


def test_the_documented_scenario_is_understood() -> None:
    """As a file of it would be."""
    (text,) = re.findall(r"```yaml\n(.*?)```", SIMULATOR, re.DOTALL)

    assert len(Scenario.model_validate(yaml.safe_load(text)).steps) == 4


async def test_the_documented_commands_work() -> None:
    """One after the other, each is answered with success."""
    async with hook() as webhook, simulator() as running:
        for command in CURL:
            written = command.replace("http://127.0.0.1:5000/viber", webhook.url)
            _, _, url, *rest = shlex.split(written)
            given = dict(zip(rest[::2], rest[1::2], strict=True))
            address = url.replace("http://127.0.0.1:8081", running.base)
            body = given.get("-d")
            request = running.client.request("POST" if body else "GET", address)
            if body:
                name, _, value = given["-H"].partition(": ")
                request = request.header(name, value).body_text(body)

            response = await request.build().send()

            assert response.status in {200, 201}
            is_call = "/pa/" in url
            assert not is_call or (await response.json())["status"] == 0
