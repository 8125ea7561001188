"""`/asyncapi.yaml` and `/asyncapi`: the contract with Kafka, as it is configured here.

Loaded and written when asked for, since that takes 3 MB and a tenth of a second, and
is asked for rarely.
"""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from gateway.contract.html import POLICY
from gateway.settings import TopicSettings

# https://www.iana.org/assignments/media-types/application/yaml
YAML = "application/yaml"


def asyncapi_routes(topic: TopicSettings) -> APIRouter:
    """Build the two routes of the management port."""
    router = APIRouter()

    @router.get("/asyncapi.yaml")
    def asyncapi_yaml() -> Response:
        from gateway.contract.asyncapi import as_yaml  # noqa: PLC0415  see above

        return Response(as_yaml(_document(topic)), media_type=YAML)

    @router.get("/asyncapi")
    def asyncapi_page() -> Response:
        from gateway.contract.page import page  # noqa: PLC0415  see above

        return HTMLResponse(page(_document(topic)), headers=POLICY)

    return router


def _document(topic: TopicSettings) -> dict[str, Any]:
    from gateway.contract.asyncapi import document  # noqa: PLC0415  see above
    from gateway.contract.channels import Topics  # noqa: PLC0415

    return document(
        Topics(
            topic.inbound,
            topic.outbound,
            topic.results,
            topic.dead_letters,
            topic.replies,
        )
    )
