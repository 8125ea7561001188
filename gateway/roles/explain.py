"""`/explain/{command_id}`: where one command is, for people and for `explain`.

`topic`, `partition` and `offset` say where its record stands; with them the sender
can tell of a command, too, that it does not hold in memory.
"""

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from gateway.core.record import TopicPartition
from gateway.egress.explain import Explainer
from gateway.egress.recent import Standing

UNPROCESSABLE = 422


class _Asked(msgspec.Struct):
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None


def explain_routes(explainer: Explainer) -> APIRouter:
    """Build the route of the management port."""
    router = APIRouter()

    @router.get("/explain/{command_id:path}")  # noqa: FAST003  as all routes here
    async def explain(request: Request) -> Response:
        try:
            at = _standing(request)
        except msgspec.ValidationError as error:
            return PlainTextResponse(f"{error}\n", UNPROCESSABLE)
        command_id = request.path_params["command_id"]
        return JSONResponse(explainer.explain(command_id, at).as_json())

    return router


def _standing(request: Request) -> Standing | None:
    asked = msgspec.convert(dict(request.query_params), _Asked, strict=False)
    if asked.topic is None or asked.partition is None or asked.offset is None:
        return None
    return Standing(TopicPartition(asked.topic, asked.partition), asked.offset)
