"""The FastAPI application of the control API and the chat page."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from simulator.composition import Simulator
from simulator.control.acts import Acts
from simulator.control.bots import Bots
from simulator.control.media import Media
from simulator.control.orders import Orders
from simulator.control.routes import router
from simulator.control.stream import Stream
from simulator.control.users import Users
from simulator.control.wire import Wire
from simulator.page.files import Files
from simulator.page.gateway import Gateway
from simulator.world import AmbiguousError, UnknownError


def build(simulator: Simulator) -> FastAPI:
    """Return the application.

    The acts come before the users, whose paths take anything.
    """
    world, people = simulator.world, simulator.people
    # Without its pages of documents: they come from elsewhere on the internet.
    app = FastAPI(title="Viber simulator", docs_url=None, redoc_url=None)
    app.include_router(router("acts", Acts(world, people).routes()))
    app.include_router(router("users", Users(world, people.phones).routes()))
    app.include_router(router("bots", Bots(world).routes()))
    app.include_router(router("faults", Orders(world, simulator.faults).routes()))
    app.include_router(router("wire", Wire(simulator).routes()))
    app.include_router(router("wire", Stream(simulator.news).routes()))
    app.include_router(router("media", Media(simulator.clock).routes()))
    gateway = Gateway(simulator.options.gateway_management)
    app.include_router(router("page", [*Files().routes(), *gateway.routes()]))
    app.add_exception_handler(UnknownError, _unknown)
    app.add_exception_handler(AmbiguousError, _ambiguous)
    return app


def _unknown(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 404)


def _ambiguous(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 409)
