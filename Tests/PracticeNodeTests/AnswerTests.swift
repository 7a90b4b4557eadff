import NIOCore
import NIOHTTP1
import Testing

@testable import PracticeNode

struct AnswerTests {
    private func events(_ text: String) throws -> [JSON] {
        guard case .events(let events) = try answer(text).body else { return [] }
        return try events.map { event in
            let data = try #require(event.text.after("data: "))
            return try #require(JSON(String(data)) ?? (data.hasPrefix("[DONE]") ? "done" : nil))
        }
    }

    private func answer(_ body: String, path: String = "/v1/messages") throws -> Answer {
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path)
        let request = IncomingRequest(number: 7, head: head, body: ByteBuffer(string: body), length: body.utf8.count, base: "http://n")
        return Routes(PracticeNodeConfiguration(name: "north"), shelf: Shelf(node: "north")).answer(request)
    }

    private func json(_ body: String, path: String = "/v1/messages") throws -> JSON {
        guard case .whole(let bytes) = try answer(body, path: path).body else { return .null }
        return try #require(JSON(bytes))
    }

    @Test func `a stream has its events in the vendor's order`() throws {
        let types = try events(helloStream).compactMap { $0["type"]?.text }
        #expect(types.prefix(3) == ["message_start", "content_block_start", "ping"])
        #expect(types.suffix(3) == ["content_block_stop", "message_delta", "message_stop"])
        #expect(Set(types.dropFirst(3).dropLast(3)) == ["content_block_delta"])
    }

    @Test func `the stream's text is that of the whole answer, and its usage is cumulative`() throws {
        let whole = try json(hello)
        let stream = try events(helloStream)
        let text = stream.compactMap { $0["delta"]?["text"]?.text }.joined()
        #expect(text == "Practice node north answers as claude-haiku-4-5-20251001: your text has 2 characters. 好的 👍")
        #expect(whole["content"]?.items.first?["text"]?.text == text)
        let start = try #require(stream.first?["message"]?["usage"])
        let end = try #require(stream.first { $0["type"] == "message_delta" }?["usage"])
        #expect(start["input_tokens"] == 12)
        #expect(start["output_tokens"] == 1)
        #expect(end == whole["usage"])
        #expect(end["input_tokens"] == 12)
    }

    @Test func `a body with cache control has cached tokens in its usage`() throws {
        let body = hello.replacing(
            #""content":"hi""#, with: #""content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]"#)
        let usage = try #require(try json(body)["usage"])
        #expect(usage["cache_read_input_tokens"] == 1_000)
        #expect(usage["cache_creation_input_tokens"] == 100)
        #expect(usage["cache_creation"]?["ephemeral_1h_input_tokens"] == 40)
    }

    private let tool =
        #"{"model":"m","max_tokens":9,"stream":S,"tools":[{"name":"Bash","input_schema":{}}],"messages":[{"role":"user","content":"use tool Bash with {\"command\":\"echo hi\"}"}]}"#

    @Test func `an offered tool is used when the text asks for it`() throws {
        let whole = try json(tool.replacing(":S,", with: ":false,"))
        #expect(whole["stop_reason"] == "tool_use")
        #expect(whole["content"]?.items.last?["input"] == ["command": "echo hi"])
        let stream = try events(tool.replacing(":S,", with: ":true,"))
        let pieces = stream.compactMap { $0["delta"]?["partial_json"]?.text }
        #expect(pieces.count == 3 && JSON(pieces.joined()) == ["command": "echo hi"])
        #expect(try json(tool.replacing(":S,", with: ":false,").replacing("tool Bash", with: "tool Rm"))["stop_reason"] == "end_turn")
    }

    @Test func `a tool's result ends the turn`() throws {
        let body =
            #"{"model":"m","tools":[{"name":"Bash"}],"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"use tool Bash"}]}]}"#
        #expect(try json(body)["stop_reason"] == "end_turn")
    }

    @Test func `thinking comes first and is signed`() throws {
        let stream = try events(helloStream.replacing("\"hi\"", with: "\"think first\""))
        let kinds = stream.compactMap { $0["delta"]?["type"]?.text }
        let signature = try #require(kinds.firstIndex(of: "signature_delta"))
        #expect(kinds[..<signature].allSatisfy { $0 == "thinking_delta" } && kinds[(signature + 1)...].allSatisfy { $0 == "text_delta" })
    }

    @Test func `a chat completion streams its usage when asked, and ends with DONE`() throws {
        let body =
            #"{"model":"gpt-6.1-sol","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}"#
        guard case .events(let events) = try answer(body, path: "/v1/chat/completions").body else {
            throw PracticeNodeError.name("no stream")
        }
        #expect(events.last?.text == "data: [DONE]\n\n")
        let usage = events.dropLast().last.flatMap { $0.text.after("data: ") }.flatMap { JSON(String($0)) }?["usage"]
        #expect(usage?["prompt_tokens"] == 12)
        #expect(try json(body.replacing("true,", with: "false,"), path: "/v1/chat/completions")["usage"]?["prompt_tokens"] == 12)
    }

    @Test func `an embedding depends on its text only`() throws {
        let ask = { (text: String) in
            try json(#"{"model":"e","input":["\#(text)"],"dimensions":4}"#, path: "/v1/embeddings")["data"]?.items.first?["embedding"]
        }
        let first = try #require(try ask("hi"))
        #expect(try ask("hi") == first)
        #expect(try ask("ho") != first)
        #expect(first.items.count == 4)
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"model":""}"#, #"{"model":5}"#, String(repeating: "[", count: 100_000)])
    func `a body that asks nothing is the client's fault`(_ body: String) throws {
        #expect(try answer(body).status == 400)
        #expect(try json(body)["error"]?["type"] == "invalid_request_error")
    }

    @Test func `an answer has the same bytes every time`() throws {
        guard case .whole(let one) = try answer(hello).body, case .whole(let two) = try answer(hello).body else {
            throw PracticeNodeError.name("no body")
        }
        #expect(one == two)
    }

    @Test func `the file of a form is found among its parts`() throws {
        let form =
            "--xx\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nuser_data\r\n--xx\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\none\r\n\r\ntwo\r\n--xx--\r\n"
        let part = try #require(UploadedPart(ByteBuffer(string: form), contentType: "multipart/form-data; boundary=xx"))
        #expect(part.name == "a.txt" && part.type == "text/plain" && String(buffer: part.bytes) == "one\r\n\r\ntwo")
        for length in 0..<form.utf8.count {
            // Cut anywhere it is a form without that file, or still the file; never a trap.
            _ = UploadedPart(ByteBuffer(string: String(form.prefix(length))), contentType: "multipart/form-data; boundary=xx")
        }
    }
}
