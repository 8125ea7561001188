"""What the black-box tests ask for.

`broker` is the run's Kafka; a module that breaks brokers puts its own in its place.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.support.account import Account
from tests.e2e.support.child import Child
from tests.e2e.support.gateway import Gateways
from tests.e2e.support.ledger import Ledger
from tests.e2e.support.place import Place, Started
from tests.e2e.support.topics import Topics
from tests.e2e.support.viber import Simulator, Viber
from tests.kafka.broker import Kafka

Enter = Callable[[Account], Account]
Note = Callable[[str], None]

# A circuit opens below so many attempts, and its probe succeeds at once.
FEW_ATTEMPTS: Final = {"SENDER_MAX_ATTEMPTS": "3", "SENDER_CIRCUIT_FAILURES": "2"}


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Return the run's simulator."""
    process = Simulator(tmp_path_factory.mktemp("viber") / "simulator")
    yield process
    process.close()


@pytest.fixture
def viber(simulator: Simulator) -> Iterator[Viber]:
    """Return a bot's side of Viber."""
    viber = simulator.open_bot()
    yield viber
    viber.leave()


@pytest.fixture
def broker(kafka: Kafka) -> Kafka:
    """Return the Kafka that the test runs on."""
    return kafka


@pytest.fixture
def topics(broker: Kafka) -> Topics:
    """Return the test's own topics."""
    return Topics.create(broker)


@pytest.fixture
def gateways(topics: Topics, viber: Viber, tmp_path: Path) -> Iterator[Gateways]:
    """Return the installation whose processes the test starts."""
    with Gateways(topics, viber, tmp_path) as gateways:
        yield gateways


@pytest.fixture
def echo_bot(topics: Topics, tmp_path: Path) -> Iterator[Child]:
    """Return the running echo bot."""
    bot = Child(["bots.python.echo_bot"], topics.settings, tmp_path / "echo-bot")
    yield bot
    bot.stop()  # so that the next one does not wait for its session to time out
    bot.close()


@pytest.fixture(scope="module")
def shared() -> Started:
    """Return how the module's place is started: here a sender that soon gives up."""
    return Started("sender", FEW_ATTEMPTS)


@pytest.fixture(scope="module")
def place(
    kafka: Kafka,
    simulator: Simulator,
    tmp_path_factory: pytest.TempPathFactory,
    shared: Started,
) -> Iterator[Place]:
    """Return a gateway that the tests of a module share."""
    topics, viber = Topics.create(kafka), simulator.open_bot()
    with Gateways(topics, viber, tmp_path_factory.mktemp("place")) as gateways:
        yield Place(gateways.start(shared.role, shared.settings), viber, topics)


@pytest.fixture
def user(place: Place) -> str:
    """Return a subscribed user whom no other test knows."""
    (user,) = place.viber.add_users(1)
    return user


@pytest.fixture
def enter(request: pytest.FixtureRequest) -> Enter:
    """Return what puts an account into the run's table."""
    ledger = Ledger.of(request.config)

    def enter(account: Account) -> Account:
        ledger.enter(request.node.name, account)
        return account

    return enter


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Note:
    """Return what puts a line under the run's table."""
    return Ledger.of(request.config).note
