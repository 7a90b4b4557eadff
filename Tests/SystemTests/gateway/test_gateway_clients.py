"""The vendors' SDKs and the real Claude Code, as users point them at the gateway."""
import json
import threading

import httpx
import pytest

from support.gateway import GPT, HAIKU, hello

TOOL = {"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}
NORTH = f"Practice node north answers as {HAIKU}: your text has 2 characters. 好的 👍"


@pytest.fixture
def client(house, key, anthropic_sdk):
    with anthropic_sdk.Anthropic(base_url=house.base, api_key=key.text, max_retries=0) as made:
        yield made


@pytest.fixture
def openai(house, key, openai_sdk):
    with openai_sdk.OpenAI(base_url=house.base + "/v1", api_key=key.text, max_retries=0) as made:
        yield made


# Anthropic


def test_messages_whole_and_streamed(north, key, client):
    message = client.messages.create(**hello())
    with client.messages.stream(**hello()) as stream:
        streamed = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert message.content[0].text == streamed == NORTH
    assert final.usage == message.usage and final.stop_reason == "end_turn"
    assert [(row["status"], row["stream"], row["inputTokens"], row["node"]["name"]) for row in key.booked(2)] == [
        ("completed", True, 12, "north"), ("completed", False, 12, "north")]


def test_tools_and_thinking(north, client):
    text = 'use tool weather with {"city":"Köln \\"am\\" Rhein"}'
    whole = client.messages.create(**hello(text, tools=[TOOL]))
    with client.messages.stream(**hello(text, tools=[TOOL])) as stream:
        final = stream.get_final_message()
    for message in (whole, final):
        assert (message.stop_reason, message.content[-1].type, message.content[-1].input) == ("tool_use", "tool_use", {"city": 'Köln "am" Rhein'})
    turns = hello("x")["messages"] + [
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "weather", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "sunny"}]}]
    assert client.messages.create(**hello(tools=[TOOL]) | {"messages": turns}).content[0].text.endswith("the tool has answered. 好的 👍")
    with client.messages.stream(**hello("think first")) as stream:
        kinds = [block.type for block in stream.get_final_message().content]
    assert kinds == ["thinking", "text"]


def test_count_tokens_costs_nothing_and_is_never_zero(north, key, client):
    assert client.messages.count_tokens(model=HAIKU, messages=hello("twelve chars")["messages"]).input_tokens == 22
    (row,) = key.booked()
    assert (row["operation"], row["cost"] in (None, "0")) == ("count_tokens", True)


def test_models_are_listed_for_each_family_in_its_own_words(house, north, south, client, openai):
    names = [model.id for model in client.models.list(limit=1000)]
    assert HAIKU in names and len(names) == len(set(names))
    assert client.models.retrieve(HAIKU).id == HAIKU
    with pytest.raises(Exception) as caught:
        client.models.retrieve("no-such-model-anywhere")
    assert caught.value.status_code == 404
    assert GPT in [model.id for model in openai.models.list()]


def test_batches_and_files_live_at_their_node(house, north, key, client):
    made = client.messages.batches.create(requests=[{"custom_id": f"r{n}", "params": hello(str(n))} for n in range(3)])
    assert made.id.startswith("msgbatch_north_")
    found = client.messages.batches.retrieve(made.id)
    assert found.processing_status == "ended" and found.results_url.startswith(house.base + "/v1/messages/batches/"), found.results_url
    assert [result.custom_id for result in client.messages.batches.results(made.id)] == ["r0", "r1", "r2"]
    assert made.id in [batch.id for batch in client.messages.batches.list()]
    sent = bytes(range(256)) * 4_096
    file = client.beta.files.upload(file=("all.bin", sent, "application/octet-stream"))
    assert client.beta.files.download(file.id).read() == sent
    client.beta.files.delete(file.id)
    client.messages.batches.delete(made.id)
    for gone in (lambda: client.beta.files.download(file.id).read(), lambda: client.messages.batches.retrieve(made.id)):
        with pytest.raises(Exception) as caught:
            gone()
        assert caught.value.status_code == 404


@pytest.mark.parametrize("fault, error", [("400", "BadRequestError"), ("413", "RequestTooLargeError"), ("422", "UnprocessableEntityError")])
def test_a_clients_own_fault_comes_back_as_the_node_said_it(north, client, anthropic_sdk, fault, error):
    north.play(fault)
    with pytest.raises(getattr(anthropic_sdk, error)) as caught:
        client.messages.create(**hello())
    assert caught.value.request_id == f"req_north_{north.asked[0].number:06}" and len(north.asked) == 1


def test_the_sdks_own_retries_find_a_gateway_that_is_well(gateway, north, keys, anthropic_sdk):
    """One node that fails twice: the gateway has nobody else, the SDK asks again."""
    gateway.add(north)
    north.play("529", "500")
    with anthropic_sdk.Anthropic(base_url=gateway.base, api_key=keys(gateway).text, max_retries=3) as client:
        assert client.messages.create(**hello()).content[0].text == NORTH


def test_an_async_client_with_many_streams_at_once(house, north, key, anthropic_sdk):
    import asyncio

    async def one(client, number: int) -> str:
        async with client.messages.stream(**hello("x" * number)) as stream:
            return await stream.get_final_text()

    async def run() -> list[str]:
        async with anthropic_sdk.AsyncAnthropic(base_url=house.base, api_key=key.text, max_retries=0) as client:
            return await asyncio.gather(*(one(client, number) for number in range(1, 41)))

    assert asyncio.run(run()) == [NORTH.replace("2 characters", f"{number} characters") for number in range(1, 41)]
    assert {row["status"] for row in key.booked(40)} == {"completed"}


# OpenAI


def test_completions_whole_streamed_and_with_tools(south, key, openai):
    messages = [{"role": "user", "content": "hi"}]
    whole = openai.chat.completions.create(model=GPT, messages=messages)
    chunks = list(openai.chat.completions.create(model=GPT, messages=messages, stream=True, stream_options={"include_usage": True}))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == whole.choices[0].message.content
    assert whole.choices[0].message.content.startswith("Practice node south") and chunks[-1].usage == whole.usage
    tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]
    asked = [{"role": "user", "content": 'use tool weather with {"a":1}'}]
    for stream in (False, True):
        answer = openai.chat.completions.create(model=GPT, messages=asked, tools=tools, stream=stream)
        if stream:
            calls = [call for chunk in answer if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
            assert (calls[0].function.name, "".join(call.function.arguments or "" for call in calls)) == ("weather", '{"a":1}')
        else:
            assert answer.choices[0].message.tool_calls[0].function.arguments == '{"a":1}'
    assert {(row["node"]["name"], row["inputTokens"] > 0, row["outputTokens"] > 0) for row in key.booked(4) if not row["stream"]} == {("south-openai", True, True)}
    assert {one.header("authorization") for one in south.asked} == {"Bearer upstream-secret-Zq8vK2mT7wLx"}
    assert not any("x-api-key" in one.header_names for one in south.asked)


def test_responses_embeddings_and_files(south, openai):
    response = openai.responses.create(model=GPT, input="hi")
    with openai.responses.stream(model=GPT, input="hi") as stream:
        assert stream.get_final_response().output_text == response.output_text
    packed = openai.embeddings.create(model="text-embedding-3-small", input=["hi", "ho"], dimensions=4)
    floats = openai.embeddings.create(model="text-embedding-3-small", input=["hi", "ho"], dimensions=4, encoding_format="float")
    assert [one.embedding for one in packed.data] == [one.embedding for one in floats.data]
    file = openai.files.create(file=("a.txt", b"one", "text/plain"), purpose="user_data")
    assert file.id.startswith("file_south_") and openai.files.content(file.id).read() == b"one"


# Claude Code


def test_claude_code_talks(house, north, key, claude_code):
    answer = claude_code(house.base, key.text).ask("hi")
    assert answer["result"] == NORTH and answer["is_error"] is False
    (seen,) = north.asked
    assert seen.target == "/v1/messages?beta=true" and seen.header("x-claude-code-session-id") == answer["session_id"]
    assert seen.header("user-agent").startswith("claude-cli/") and seen.header("anthropic-beta")
    (row,) = key.booked()
    assert (row["status"], row["stream"], row["attempts"], row["node"]["name"]) == ("completed", True, 1, "north")
    usage = answer["usage"]
    assert (row["inputTokens"], row["outputTokens"], row["cacheReadTokens"]) == (
        usage["input_tokens"], usage["output_tokens"], usage["cache_read_input_tokens"])
    # Claude Code's own price list says the same as ours.
    assert int(row["cost"]) == round(answer["total_cost_usd"] * 1e9)


def test_claude_code_with_a_bearer_token(house, north, key, claude_code):
    claude = claude_code(house.base, "", ANTHROPIC_AUTH_TOKEN=key.text)
    assert claude.say("hi").strip() == NORTH


def test_claude_code_works_with_tools_and_goes_on_with_its_session(house, north, key, claude_code):
    claude = claude_code(house.base, key.text)
    first = claude.ask('use tool Bash with {"command":"echo was here > made.txt"}', "--allowedTools", "Bash")
    assert first["num_turns"] == 2 and (claude.work / "made.txt").read_text() == "was here\n"
    second = claude.ask("hi", "--resume", first["session_id"])
    assert second["result"] == NORTH
    assert len({one.header("x-claude-code-session-id") for one in north.asked}) == 1
    # The prompt cache lives by this: what was sent before is sent again, byte for byte.
    bodies = [json.loads(one.body) for one in north.requests("/v1/messages", bodies=True)]
    assert all(late["tools"] == bodies[0]["tools"] for late in bodies)


def test_claude_code_counts_its_context(house, north, key, claude_code):
    """34 count_tokens at once."""
    assert claude_code(house.base, key.text).say("/context")
    assert len(north.requests("/v1/messages/count_tokens")) > 10
    assert all(one.status == 200 for one in north.asked)


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-sonnet-5-5"])
def test_claude_code_with_other_models(house, north, key, claude_code, model):
    assert f"answers as {model}:" in claude_code(house.base, key.text).say("hi", model=model)


def test_claude_code_with_a_wrong_key_says_so(house, claude_code):
    run = claude_code(house.base, "sb-" + "x" * 43, CLAUDE_CODE_MAX_RETRIES="0").start("hi")
    assert run.end(90) != 0 and ("key" in (run.output + run.errors).lower() or "401" in run.output + run.errors)


def test_six_of_claude_code_at_once(house, north, key, claude_code, tmp_path):
    from support.claude import ClaudeCode
    claude_code(house.base, key.text)
    outputs: list[str] = []

    def run(number: int) -> None:
        outputs.append(ClaudeCode(tmp_path / f"claude-{number}", house.base, key.text).say("x" * (number + 1), timeout=100))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outputs) == sorted(NORTH.replace("2 characters", f"{number + 1} characters") + "\n" for number in range(6))


def test_probes_of_clients_are_answered_by_the_gateway_itself(house, north, key):
    with httpx.Client(base_url=house.base) as http:
        assert [http.head("/").status_code, http.head("/api/hello").status_code, http.get("/api/hello").status_code] == [200, 200, 200]
    assert not [one for one in north.requests() if one.path == "/api/hello"]
