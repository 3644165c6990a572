"""A client and a receiver, each tested in five lines."""

import threading

import pytest
import requests
from flask import Flask, request
from werkzeug.serving import make_server

BODY = {"prompt": "a cat", "duration": 5, "quality": "720p", "aspectRatio": "16:9"}


def make_video(base, key, **extra):
    headers = {"Authorization": f"Bearer {key}"}
    answer = requests.post(f"{base}/api/v1/runway/generate", json={**BODY, **extra}, headers=headers).json()
    return answer["data"]["taskId"]


def state_of(base, key, task_id):
    headers = {"Authorization": f"Bearer {key}"}
    url = f"{base}/api/v1/runway/record-detail?taskId={task_id}"
    return requests.get(url, headers=headers).json()["data"]["state"]


@pytest.fixture
def receiver():
    app = Flask("receiver")
    app.received = []

    @app.post("/callback")
    def callback():
        app.received.append(request.get_json())
        return "", 500 if len(app.received) == 1 else 200

    server = make_server("127.0.0.1", 0, app)
    app.url = f"http://127.0.0.1:{server.server_port}/callback"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield app
    server.shutdown()


def test_client_sees_the_failure(stuntdouble, stuntdouble_clock):
    stuntdouble.scenario("fail.nsfw")
    task_id = make_video(stuntdouble.url, stuntdouble.key)
    stuntdouble_clock.advance("2m")
    assert state_of(stuntdouble.url, stuntdouble.key, task_id) == "fail"


def test_receiver_gets_a_retry(stuntdouble, stuntdouble_clock, receiver):
    task_id = make_video(stuntdouble.url_of("runway"), stuntdouble.key, callBackUrl=receiver.url)
    stuntdouble_clock.advance("10m")
    assert [body["data"]["task_id"] for body in receiver.received] == [task_id, task_id]
    assert stuntdouble.task(task_id)["deliveries"][0]["status"] == "acknowledged"
