"""The practice node itself: real clients can't tell it from a vendor, and it fails exactly as it is told."""
import gzip
import json
import re
import signal
import ssl
import subprocess

import httpx
import pytest

from support import server as program
from support.gateway import GPT, HAIKU, Stream, hello
from support.practice import PracticeNode, make_certificate


@pytest.fixture
def http(north):
    with httpx.Client(base_url=north.base, timeout=10, headers={"x-api-key": "k", "anthropic-version": "2023-06-01"}) as client:
        yield client


def test_the_anthropic_sdk_gets_messages_streams_tools_thinking_counts_and_models(north, anthropic_sdk):
    client = anthropic_sdk.Anthropic(base_url=north.base, api_key="k", max_retries=0)
    message = client.messages.create(**hello())
    assert message.content[0].text == f"Practice node north answers as {HAIKU}: your text has 2 characters. 好的 👍"
    assert (message.usage.input_tokens, message.stop_reason) == (12, "end_turn")
    with client.messages.stream(**hello()) as stream:
        assert "".join(stream.text_stream) == message.content[0].text
        assert stream.get_final_message().usage.output_tokens == message.usage.output_tokens
    tools = [{"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}]
    with client.messages.stream(**hello('use tool weather with {"city":"Köln"}', tools=tools)) as stream:
        use = stream.get_final_message().content[-1]
    assert (use.type, use.name, use.input) == ("tool_use", "weather", {"city": "Köln"})
    thought = client.messages.create(**hello("think first"))
    assert [block.type for block in thought.content] == ["thinking", "text"]
    assert client.messages.count_tokens(model=HAIKU, messages=hello()["messages"]).input_tokens == 12
    assert HAIKU in [model.id for model in client.models.list()]
    assert client.models.retrieve(HAIKU).id == HAIKU


def test_the_anthropic_sdk_gets_batches_and_files(north, anthropic_sdk):
    client = anthropic_sdk.Anthropic(base_url=north.base, api_key="k", max_retries=0)
    made = client.messages.batches.create(requests=[{"custom_id": f"r{n}", "params": hello(str(n))} for n in range(3)])
    assert made.id.startswith("msgbatch_north_") and made.processing_status == "in_progress"
    assert client.messages.batches.retrieve(made.id).processing_status == "ended"
    results = list(client.messages.batches.results(made.id))
    assert [result.custom_id for result in results] == ["r0", "r1", "r2"] and results[0].result.message.content[0].text
    assert made.id in [batch.id for batch in client.messages.batches.list()]
    assert client.messages.batches.delete(made.id).id == made.id
    with pytest.raises(anthropic_sdk.NotFoundError):
        client.messages.batches.retrieve(made.id)
    sent = bytes(range(256)) * 100
    file = client.beta.files.upload(file=("all.bin", sent, "application/octet-stream"))
    assert file.id.startswith("file_north_") and file.size_bytes == len(sent)
    assert client.beta.files.download(file.id).read() == sent
    client.beta.files.delete(file.id)


def test_the_openai_sdk_gets_completions_streams_tools_embeddings_responses_and_files(north, openai_sdk):
    client = openai_sdk.OpenAI(base_url=north.base + "/v1", api_key="k", max_retries=0)
    messages = [{"role": "user", "content": "hi"}]
    whole = client.chat.completions.create(model=GPT, messages=messages)
    chunks = list(client.chat.completions.create(model=GPT, messages=messages, stream=True, stream_options={"include_usage": True}))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage
    tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]
    call = client.chat.completions.create(model=GPT, messages=[{"role": "user", "content": 'use tool weather with {"a":1}'}], tools=tools)
    assert call.choices[0].message.tool_calls[0].function.arguments == '{"a":1}'
    # Asked for as base64 by the SDK, and as floats.
    packed = client.embeddings.create(model="text-embedding-3-small", input=["hi", "ho"], dimensions=4)
    floats = client.embeddings.create(model="text-embedding-3-small", input=["hi", "ho"], dimensions=4, encoding_format="float")
    assert [one.embedding for one in packed.data] == [one.embedding for one in floats.data]
    response = client.responses.create(model=GPT, input="hi")
    with client.responses.stream(model=GPT, input="hi") as stream:
        assert stream.get_final_response().output_text == response.output_text
    assert GPT in [model.id for model in client.models.list()]
    file = client.files.create(file=("a.txt", b"one", "text/plain"), purpose="user_data")
    assert client.files.content(file.id).read() == b"one"


def test_the_sdks_understand_its_errors(north, anthropic_sdk, openai_sdk):
    client = anthropic_sdk.Anthropic(base_url=north.base, api_key="k", max_retries=0)
    for fault, error in [
            ("400", "BadRequestError"), ("401", "AuthenticationError"), ("403", "PermissionDeniedError"), ("404", "NotFoundError"),
            ("429:7", "RateLimitError"), ("500", "InternalServerError"), ("529", "InternalServerError")]:
        north.play(fault)
        with pytest.raises(getattr(anthropic_sdk, error)) as caught:
            client.messages.create(**hello())
        assert caught.value.status_code == int(fault[:3]) and caught.value.request_id
    assert caught.value.body["error"]["type"] == "overloaded_error"
    north.play("error-early")
    with pytest.raises(anthropic_sdk.APIStatusError, match="Overloaded"), client.messages.stream(**hello()) as stream:
        stream.get_final_message()
    north.play("429:7", path="/v1/chat/completions")
    with pytest.raises(openai_sdk.RateLimitError):
        openai_sdk.OpenAI(base_url=north.base + "/v1", api_key="k", max_retries=0).chat.completions.create(model=GPT, messages=[])


def test_claude_code_talks_and_works_with_it(north, claude_code):
    claude = claude_code(north.base, "k")
    assert claude.say("hi").strip() == f"Practice node north answers as {HAIKU}: your text has 2 characters. 好的 👍"
    done = claude.ask('use tool Bash with {"command":"echo was here > made.txt"}', "--allowedTools", "Bash")
    assert done["num_turns"] == 2 and (claude.work / "made.txt").read_text() == "was here\n"
    assert {one.path for one in north.asked} == {"/v1/messages"} and all(one.status == 200 for one in north.asked)


@pytest.mark.parametrize("fault", ["bytewise", "cut-utf8", "drip:50:1", "crlf", "gzip", "early-hints", "paced:1:200", "late-content:1500", "slow:300"])
def test_right_answers_in_uncommon_forms_are_right(north, anthropic_sdk, fault):
    north.play(fault, fault)
    client = anthropic_sdk.Anthropic(base_url=north.base, api_key="k", max_retries=0)
    plain = client.messages.create(**hello()).content[0].text
    with client.messages.stream(**hello()) as stream:
        text = stream.get_final_text()
    assert plain.startswith("Practice node north") and (text == plain or fault.startswith("paced") and text.count("Practice") > 10)


def test_a_gzip_answer_is_one_for_every_decoder(north, http):
    north.play("gzip", "gzip")
    with http.stream("POST", "/v1/messages", json=hello()) as answer:
        raw = b"".join(answer.iter_raw())
    assert json.loads(gzip.decompress(raw))["type"] == "message"
    assert Stream.read(http, "/v1/messages", hello(stream=True)).is_complete


@pytest.mark.parametrize("fault", ["reset-before-head", "close-before-head", "reset-after-head", "reset-after-start", "reset-mid-content", "close-mid-content",
                                   "truncated", "not-http", "length-too-long"])
def test_broken_answers_are_seen_as_broken(north, http, fault):
    for stream in (True, False):
        north.play(fault)
        try:
            got = Stream.read(http, "/v1/messages", hello(stream=stream))
        except httpx.TransportError:
            continue
        assert got.broken or fault == "truncated" and stream and "message_stop" not in got.text


def test_a_broken_tls_connection_is_broken_past_tls(nodes, tmp_path):
    certificate, key = make_certificate(tmp_path)
    west = nodes("west", "--tls-cert", str(certificate), "--tls-key", str(key))
    assert west.base.startswith("https://")
    with httpx.Client(base_url=west.base, verify=ssl.create_default_context(cafile=certificate)) as client:
        assert Stream.read(client, "/v1/messages", hello(stream=True)).is_complete
        west.play("reset-mid-content")
        assert isinstance(Stream.read(client, "/v1/messages", hello(stream=True)).broken, (httpx.ReadError, httpx.RemoteProtocolError))
    with pytest.raises(httpx.ConnectError, match="(?i)certificate"):
        httpx.get(west.base)
    west.eventually(lambda node: node.figures["brokenConnections"] == 1)


def test_commands_say_what_is_wrong_and_what_to_write(tmp_path):
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(program.PROGRAM), "practice-node", *options], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)

    assert run("--fault", "nonsense").returncode == 64
    named = run("--name", "no name")
    assert (named.returncode, named.stdout) == (78, "") and "no name" in named.stderr
    certified = run("--port", "0", "--tls-cert", str(tmp_path / "none.pem"), "--tls-key", str(tmp_path / "none.key"))
    assert certified.returncode == 78 and "certificate" in certified.stderr
    with PracticeNode("north") as north:
        taken = run("--port", str(north.port))
        assert taken.returncode == 69 and str(north.port) in taken.stderr
    assert "reset-mid-content" in re.sub(r"\s+", " ", run("--help").stdout)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_when_asked_even_in_the_middle_of_a_stream(nodes, number):
    west = nodes("west", "--fault", "paced:20:10000")
    with httpx.stream("POST", west.base + "/v1/messages", json=hello(stream=True)) as answer:
        next(answer.iter_bytes())
        west.process.send_signal(number)
        assert west.process.wait(5) == 0


def test_its_benchmark_mode_is_a_model_too(nodes, anthropic_sdk):
    west = nodes("west", "--benchmark", "--pace-ms", "1")
    client = anthropic_sdk.Anthropic(base_url=west.base, api_key="k", max_retries=0)
    assert len(httpx.post(west.base + "/v1/messages", json=hello()).content) == 1_024
    assert client.messages.create(**hello()).usage.output_tokens == 200
    with client.messages.stream(**hello()) as stream:
        assert len(list(stream.text_stream)) == 100
    assert httpx.head(west.base + "/").status_code == 200
