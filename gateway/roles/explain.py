"""`/explain/{command_id}`: where one command is, for people and for `explain`.

`topic`, `partition` and `offset` say where its record stands; with them the sender
can tell of a command, too, that it does not hold in memory.
"""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from gateway.core.record import TopicPartition
from gateway.egress.explain import Explainer
from gateway.egress.recent import Standing


def explain_routes(explainer: Explainer) -> APIRouter:
    """Build the route of the management port."""
    router = APIRouter()

    @router.get("/explain/{command_id:path}")
    async def explain(
        command_id: str,
        topic: str | None = None,
        partition: int | None = None,
        offset: int | None = None,
    ) -> JSONResponse:
        at = None
        if topic is not None and partition is not None and offset is not None:
            at = Standing(TopicPartition(topic, partition), offset)
        return JSONResponse(explainer.explain(command_id, at).as_json())

    return router
