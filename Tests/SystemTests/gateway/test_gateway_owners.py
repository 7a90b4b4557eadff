"""What providers keep: two workspaces with one credential reach only what each has made; batches are paid for once; ids that support can look up."""
import json
import time

import httpx
import pytest

from support import engine
from support import server as program
from support.gateway import GPT, HAIKU, QUICK, Gateway, envelope, hello, openai_envelope
from support.server import Server
from support.world import Member, add_second_workspace


class Shared:
    """Ada's and Eve's workspaces have the same node with the same credential."""

    def __init__(self, gateway, eve, adas, eves):
        self.gateway, self.eve, self.adas, self.eves = gateway, eve, adas, eves


@pytest.fixture
def shared(tmp_path, set_up, south, keys):
    data = tmp_path / "shared"
    engine.copy(set_up, data)
    rival = add_second_workspace(data)
    engine.change(data, f"UPDATE workspace SET created_at = {int(time.time() * 1_000)} WHERE id = '{rival['workspace']}'")
    gateway = Gateway(Server(data, **(program.ROOMY | QUICK)).start())
    eve = Member(gateway.server, rival["email"]).sign_in()
    for by in (None, eve):
        gateway.add(south, name="one-openai", family="openai", by=by)
        gateway.add(south, name="one-anthropic", by=by)
    yield Shared(gateway, eve, keys(gateway, "hers"), keys(gateway, "the other's", by=eve))
    eve.close()
    gateway.end()


def kept(shared) -> dict[str, str]:
    """One object of each kind, made by Ada."""
    http = shared.adas.openai_http
    made = {
        "responses": http.post("/v1/responses", json={"model": GPT, "input": "hers"}),
        "chat/completions": http.post("/v1/chat/completions", json=hello(model=GPT) | {"store": True}),
        "conversations": http.post("/v1/conversations", json={}), "vector_stores": http.post("/v1/vector_stores", json={"name": "hers"}),
        "threads": http.post("/v1/threads", json={})}
    file = http.post("/v1/files", files={"file": ("a.jsonl", b'{"custom_id":"a","body":{"model":"gpt-6.1-sol"}}', "text/plain")}).json()["id"]
    made["batches"] = http.post("/v1/batches", json={"input_file_id": file})
    return {collection: answer.json()["id"] for collection, answer in made.items()} | {"files": file}


def test_with_one_credential_each_reaches_only_its_own(shared, south):
    ids = kept(shared)
    verbs = [
        ("GET", "/v1/{0}/{1}", None), ("GET", "/v1/{0}/{1}/input_items", None), ("POST", "/v1/{0}/{1}/cancel", {}), ("POST", "/v1/{0}/{1}", {"metadata": {}}),
        ("DELETE", "/v1/{0}/{1}", None)]
    for collection, id in ids.items():
        for method, form, body in verbs:
            if collection == "files" and method == "POST" or "input_items" in form and collection == "files":
                continue
            path = form.format(collection, id)
            before = len(south.asked)
            refused = shared.eves.openai_http.request(method, path, json=body)
            assert (refused.status_code, refused.headers["x-switchboard-code"]) == (404, "gateway.owner_unknown"), (method, path, refused.text)
            openai_envelope(refused)
            nobodys = shared.adas.openai_http.request(method, path[:-4] + "zzz9" if path.endswith(id) else path.replace(id, "nobody_000001"), json=body)
            assert nobodys.status_code == 404 and len(south.asked) == before, (method, path, nobodys.text)
            anthropic = shared.eves.http.request(method, path, json=body)
            assert anthropic.status_code == 404 and envelope(anthropic)["type"] == "not_found_error"
            own = shared.adas.openai_http.request(method, path, json=body)
            assert own.status_code == 200, (method, path, own.text)
        assert shared.adas.openai_http.get(f"/v1/{collection}/{id}").status_code == 404, "deleted is gone"


def test_lists_hold_only_what_each_has_made(shared, south):
    ids = kept(shared)
    mine = shared.eves.openai_http.post("/v1/vector_stores", json={}).json()["id"]
    for collection, id in ids.items():
        hers, others = (key.openai_http.get(f"/v1/{collection}").json()["data"] for key in (shared.adas, shared.eves))
        assert id in [one["id"] for one in hers], collection
        assert [one["id"] for one in others] == ([mine] if collection == "vector_stores" else []), collection


def test_bodies_can_not_name_what_others_made(shared, south):
    ids = kept(shared)
    before = len(south.asked)
    for path, body in [
            ("/v1/responses", {"model": GPT, "input": "x", "previous_response_id": ids["responses"]}),
            ("/v1/responses", {"model": GPT, "input": "x", "conversation": ids["conversations"]}), ("/v1/batches", {"input_file_id": ids["files"]}),
            ("/v1/responses/compact", {"previous_response_id": ids["responses"]}), ("/v1/threads", {"tool": {"vector_store_ids": [ids["vector_stores"]]}})]:
        assert shared.eves.openai_http.post(path, json=body).status_code == 404, (path, body)
    assert len(south.asked) == before
    assert shared.adas.openai_http.post(
        "/v1/responses", json={"model": GPT, "input": "x", "previous_response_id": ids["responses"]}).status_code == 200


def test_what_was_made_is_found_after_a_restart(shared, south):
    ids = kept(shared)
    shared.gateway.server.stop()
    shared.gateway.server.start()
    for collection, id in ids.items():
        assert httpx.get(f"{shared.gateway.base}/v1/{collection}/{id}", headers={"authorization": f"Bearer {shared.adas.text}"}).status_code == 200, collection


def test_an_answer_is_paid_for_once_however_often_it_is_read(shared, south):
    made = shared.adas.openai_http.post("/v1/responses", json={"model": GPT, "input": "hers"}).json()["id"]
    for _ in range(3):
        assert shared.adas.openai_http.get(f"/v1/responses/{made}").json()["usage"]["output_tokens"] > 0
    rows = shared.adas.booked(4)
    assert [row["inputTokens"] for row in rows] == [None, None, None, 14] and [row["cost"] is None for row in rows] == [True, True, True, False]


def test_a_batchs_results_are_booked_once_for_the_key_that_made_it(gateway, north, keys):
    gateway.add(north)
    maker, reader = keys(gateway, "maker"), keys(gateway, "reader")
    requests = [{"custom_id": f"r{number}", "params": hello("x" * number)} for number in range(30)]
    batch = maker.http.post("/v1/messages/batches", json={"requests": requests}).json()["id"]
    for key in (reader, reader, maker):
        answer = key.http.get(f"/v1/messages/batches/{batch}/results")
        assert answer.status_code == 200 and len(answer.text.splitlines()) == 30
        used = [json.loads(line)["result"]["message"]["usage"] for line in answer.text.splitlines()]
    cost = sum(usage["input_tokens"] * 1_000 + usage["output_tokens"] * 5_000 for usage in used) // 2

    def report(by: str) -> dict:
        return {item["name"]: item for item in gateway.ada.get("/api/gateway/usage", by=by)["items"]}

    gateway.awaits(lambda: report("key").get("maker", {}).get("requests") == 32, 10, "the report")
    found = report("key")
    assert int(found["maker"]["cost"]) == cost and int(found["reader"]["cost"]) == 0
    assert found["maker"]["inputTokens"] == sum(usage["input_tokens"] for usage in used)
    rows = [row for row in maker.books() if row["operation"] == "batch_result"]
    assert len(rows) == 30 and {row["model"] for row in rows} == {HAIKU}
    assert gateway.ada.get(f"/api/gateway/requests/{rows[0]['id']}")["tier"] == "batch"


def test_a_request_is_looked_up_by_the_id_that_its_client_was_told(shared, south):
    good, bad = shared.adas.ask("fine"), shared.adas.http.post("/v1/messages", content=b"{", headers={"content-type": "application/json"})
    for answer in (good, bad):
        id = answer.headers["x-request-id"]
        found = shared.gateway.awaits(lambda: shared.gateway.ada.get("/api/gateway/requests", request=id)["items"], 10, "the request")  # noqa: B023
        assert [row["id"] for row in found] == [id] and shared.gateway.ada.get(f"/api/gateway/requests/{id}")["id"] == id
        assert shared.gateway.ada.get("/api/gateway/requests", request=id.lower())["items"] == found
        assert shared.eve.get("/api/gateway/requests", request=id)["items"] == []
    assert bad.json()["request_id"] == bad.headers["x-request-id"] == bad.headers["request-id"]
    assert good.headers["request-id"].startswith("req_"), "the node's own"
    assert shared.gateway.ada.http.get("/api/gateway/requests", params={"request": "req_1"}).status_code == 400


def test_an_upload_without_a_length_is_held_to_the_same_limit(house, north, key):
    def endless():
        block = b"x" * (1 << 20)
        for _ in range(300):
            yield block

    started = time.monotonic()
    try:
        answer = key.http.post("/v1/messages/batches", content=endless(), headers={"content-type": "application/json"}, timeout=60)
        assert answer.status_code == 413 and envelope(answer)["type"] == "request_too_large"
    except (httpx.WriteError, httpx.ReadError):
        pass
    assert time.monotonic() - started < 60
    (row,) = key.booked()
    assert (row["status"], row["code"]) == ("refused", "gateway.body_too_large")


def test_a_tier_without_a_price_is_reported_and_not_priced_wrongly(shared, south):
    http = shared.adas.openai_http
    for tier in ("default", "flex", "priority"):
        assert http.post("/v1/responses", json={"model": GPT, "input": "four", "service_tier": tier}).status_code == 200
    priority, flex, plain = shared.adas.booked(3)
    assert int(flex["cost"]) * 2 == int(plain["cost"]) > 0 and (priority["cost"], priority["priced"], priority["tier"]) == (None, False, "priority")
    assert priority["inputTokens"] == plain["inputTokens"]
    report = shared.gateway.awaits(
        lambda: (found := shared.gateway.ada.get("/api/gateway/usage", by="model"))["unpricedModels"] and found, 10, "the report")
    assert report["unpricedModels"] == [f"{GPT} (priority)"]


def batch_file(*models: str, text: str = "hi") -> bytes:
    lines = [
        {"custom_id": f"r{number}", "method": "POST", "url": "/v1/chat/completions", "body": hello(text, model=model)} for number, model in enumerate(models)]
    return "\n".join(map(json.dumps, lines)).encode()


def test_an_openai_batch_and_an_answer_in_the_background_are_booked_once_for_who_made_them(shared, south, openai_sdk):
    maker = shared.adas
    with openai_sdk.OpenAI(base_url=shared.gateway.base + "/v1", api_key=maker.text, max_retries=0) as mine:
        file = mine.files.create(file=("in.jsonl", batch_file(GPT, GPT, GPT)), purpose="batch")
        batch = mine.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
        assert batch.output_file_id is None
        output = mine.batches.retrieve(batch.id).output_file_id
        for _ in range(3):
            lines = mine.files.content(output).text.splitlines()
        used = [json.loads(line)["response"]["body"]["usage"] for line in lines]
        queued = mine.responses.create(model=GPT, input="later", background=True)
        assert (queued.status, queued.usage) == ("queued", None)
        for _ in range(3):
            done = mine.responses.retrieve(queued.id)
        assert done.usage.output_tokens > 0
    shared.gateway.awaits(lambda: [row["operation"] for row in maker.books()].count("background") == 1, 10, "the books")
    rows = [row for row in maker.books() if row["inputTokens"]]
    results, later = [row for row in rows if row["operation"] == "batch_result"], [row for row in rows if row["operation"] == "background"]
    assert sorted(row["inputTokens"] for row in results) == sorted(one["prompt_tokens"] for one in used) and len(rows) == 4
    assert [row["outputTokens"] for row in later] == [done.usage.output_tokens] and all(row["cost"] for row in rows)


def test_a_batch_asks_only_for_models_that_its_key_may_use(shared, south, keys):
    narrow = keys(shared.gateway, "narrow", models=[GPT, "claude-haiku-*"])

    def asked(path: str) -> int:
        return len([one for one in south.asked if one.method == "POST" and one.target == path and one.status == 200])

    before = asked("/v1/batches")
    for models, status in (((GPT, "gpt-6.1-max"), 403), ((GPT,), 200)):
        file = narrow.openai_http.post("/v1/files", files={"file": ("in.jsonl", batch_file(*models), "text/plain")}).json()["id"]
        answer = narrow.openai_http.post("/v1/batches", json={"input_file_id": file})
        assert answer.status_code == status, answer.text
    assert asked("/v1/batches") == before + 1
    for model, status in (("claude-opus-5", 403), (HAIKU, 200)):
        body = {"requests": [{"custom_id": "a", "params": hello(model=HAIKU)}, {"custom_id": "b", "params": hello(model=model)}]}
        answer = narrow.http.post("/v1/messages/batches", json=body)
        assert answer.status_code == status, answer.text
    assert asked("/v1/messages/batches") == 1, "what was cut off was never whole"


def test_files_in_a_message_are_those_of_its_workspace(shared, south):
    file = shared.adas.openai_http.post("/v1/files", files={"file": ("a.txt", b"hers", "text/plain")}).json()["id"]
    body = hello() | {"messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "file", "file_id": file}}]}]}
    assert [key.http.post("/v1/messages", json=body).status_code for key in (shared.adas, shared.eves)] == [200, 404]
