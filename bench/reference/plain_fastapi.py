"""The receiving side as it is usually written: a FastAPI route, `send()` per record.

Run by uvicorn with KAFKA, TOPIC and TOKEN in the environment.  It checks the
signature and answers 200 once all in-sync replicas have the record; it adds no ids,
headers, metrics or limits.
"""

import hmac
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Header, HTTPException, Request

TOPIC = os.environ.get("TOPIC", "")
KEY = os.environ.get("TOKEN", "").encode()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep a producer for as long as the app lives."""
    servers = os.environ["KAFKA"]
    async with AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", enable_idempotence=True
    ) as producer:
        app.state.producer = producer
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/webhooks/{bot}")
async def take_callback(
    bot: str, request: Request, x_viber_content_signature: Annotated[str, Header()]
) -> None:
    """Take one callback."""
    body = await request.body()
    expected = hmac.new(KEY, body, "sha256").hexdigest()
    if not hmac.compare_digest(expected, x_viber_content_signature):
        raise HTTPException(403, f"wrong signature for {bot}")
    user = json.loads(body)["sender"]["id"]
    await request.app.state.producer.send_and_wait(TOPIC, body, key=user.encode())
