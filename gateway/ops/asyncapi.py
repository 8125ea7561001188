"""`/asyncapi.yaml` and `/asyncapi`: the contract with Kafka, as it is configured here.

Written when asked for, since it takes a tenth of a second and is asked for rarely.
"""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from gateway.contract.asyncapi import as_yaml, document
from gateway.contract.channels import Topics
from gateway.contract.html import POLICY
from gateway.contract.page import page
from gateway.settings import TopicSettings

# https://www.iana.org/assignments/media-types/application/yaml
YAML = "application/yaml"


def asyncapi_routes(topic: TopicSettings) -> APIRouter:
    """Build the two routes of the management port."""
    topics = Topics(
        topic.inbound, topic.outbound, topic.results, topic.dead_letters, topic.replies
    )
    router = APIRouter()

    @router.get("/asyncapi.yaml")
    def asyncapi_yaml() -> Response:
        return Response(as_yaml(document(topics)), media_type=YAML)

    @router.get("/asyncapi")
    def asyncapi_page() -> Response:
        return HTMLResponse(page(document(topics)), headers=POLICY)

    return router
