import ModelProtocol
import TestSupport
import Testing

@Suite("What a batch asks for")
struct BatchRequestTests {
    private static let list =
        #" {"requests":[{"custom_id":"a","params":{"model":"claude-haiku-4-5","max_tokens":7,"messages":[{"role":"user","content":"[{\"}\\"}]}},"#
        + #"{"params":{"messages":[{"content":[{"type":"document","source":{"file_id":"file_123456"}}]}],"model":"claude-opus-5"},"custom_id":"b"}],"x":{"y":[1]}} "#
    private static let lines =
        #"{"custom_id":"a","url":"/v1/chat/completions","body":{"model":"gpt-4.1","max_tokens":7}}"# + "\r\n\n"
        + #"{"custom_id":"b","body":{"input":[{"file_id":"file-123456"}],"model":"gpt-6"}}"#

    private struct Found: Equatable {
        var models: [String] = []
        var most: [Int?] = []
        var ids: [Set<String>] = []
        var tokens: [Int] = []
        var fault: RequestScanError?
    }

    private func read(_ form: BatchRequests.Form, _ pieces: [[UInt8]]) -> Found {
        var batch = BatchRequests(form)
        var found = Found()
        let tell = { (scan: RequestScan, tokens: Int) in
            found.models.append(scan.model)
            found.most.append(scan.maxTokens)
            found.ids.append(scan.objectIDs)
            found.tokens.append(tokens)
        }
        for piece in pieces { piece.withUnsafeBytes { batch.read($0, tell) } }
        batch.finish(tell)
        found.fault = batch.fault
        return found
    }

    @Test("is read request by request, at every cut")
    func cuts() {
        for (form, text, models) in [
            (BatchRequests.Form.list, Self.list, ["claude-haiku-4-5", "claude-opus-5"]), (.lines, Self.lines, ["gpt-4.1", "gpt-6"]),
        ] {
            let bytes = Array(text.utf8)
            let whole = read(form, [bytes])
            #expect(whole.models == models && whole.most == [7, nil] && whole.fault == nil && whole.tokens.allSatisfy { $0 > 5 })
            #expect(whole.ids.first?.isEmpty == true && whole.ids.last?.count == 1)
            for cut in 0...bytes.count { #expect(read(form, bytes.pieces(at: [cut])) == whole, "\(cut)") }
            #expect(read(form, bytes.map { [$0] }) == whole)
        }
    }

    @Test(
        "is refused where readers could differ in what it says",
        arguments: [
            #"{"requests":[{"params":{"model":"a","model":"b"}}]}"#, #"{"requests":[{"params":{"model":"a","Model":"b"}}]}"#,
            #"{"requests":[{"params":{"model":"a"},"p\u0061rams":{"model":"b"}}]}"#, #"{"requests":[{"params":{"model":"a"}"#, "",
            #"{"requests":[{"params":{"model":"a",}}]}"#, #"{"requests":[{"params":{"model":7}}]}"#, "}",
        ])
    func doubtful(_ text: String) {
        #expect(read(.list, [Array(text.utf8)]).fault != nil)
    }

    @Test("may have lines that ask no model, and none that is no JSON")
    func odd() {
        #expect(read(.lines, [Array(#"{"body":{"input":"x"}}"#.utf8)]).models == [""])
        #expect(read(.lines, [Array("{}\n\n".utf8)]).models.isEmpty && read(.lines, [Array("x\n".utf8)]).fault == .malformed)
        #expect(read(.list, [Array(#"{"requests":[]}"#.utf8)]) == Found())
    }

    @Test("survives any bytes, the same whatever the cuts", arguments: 0..<4)
    func noise(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for (form, text) in [(BatchRequests.Form.list, Self.list), (.lines, Self.lines)] {
            for _ in 0..<300 {
                let broken = Mutation.applied(to: Array(text.utf8), &random)
                #expect(read(form, [broken]).fault == read(form, broken.pieces(at: Mutation.cuts(broken.count, &random))).fault)
            }
        }
    }
}

@Suite("The meter on what an OpenAI batch has written")
struct OpenAIBatchResultTests {
    private static func line(_ name: String, _ body: String) -> String {
        #"{"id":"batch_req_1","custom_id":"\#(name)","response":{"status_code":200,"request_id":"r","body":\#(body)},"error":null}"# + "\n"
    }

    @Test("tells what each line used, of every kind of request, at every cut")
    func lines() {
        let text =
            Self.line(
                "chat",
                #"{"id":"chatcmpl-1","model":"gpt-4.1","choices":[{"message":{"content":"\"usage\":1"}}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}"#
            )
            + Self.line("bad", #"{"error":{"message":"no"}}"#) + #"{"custom_id":"none","response":null,"error":{"code":"x"}}"# + "\n"
            + Self.line("answer", #"{"id":"resp_1","model":"gpt-6","output":[],"usage":{"input_tokens":3,"output_tokens":1}}"#)
        let bytes = Array(text.utf8)
        for cut in stride(from: 0, through: bytes.count, by: 5) {
            let meter = ResponseMeter(family: .openAI, status: 200, contentType: "application/octet-stream", holdsResults: true)
            for piece in bytes.pieces(at: [cut]) { piece.withUnsafeBytes { bytes in _ = meter.read(bytes) { _, _ in } } }
            meter.finish { _, _ in }
            let found = meter.takeResults()
            #expect(found.map(\.name) == ["chat", "answer"] && found.map(\.model) == ["gpt-4.1", "gpt-6"])
            #expect(found.map(\.usage.input) == [5, 3] && found.map(\.usage.output) == [2, 1])
        }
    }
}

@Suite("What a request's body names")
struct NamedObjectTests {
    private func ids(_ members: String) throws -> Set<String> {
        try RequestScan(Array(#"{"model":"m",\#(members)}"#.utf8)).objectIDs
    }

    @Test(
        "is found wherever vendors look for it",
        arguments: [
            (#""messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"file_1"}}]}]"#, ["file_1"]),
            (#""messages":[{"content":[{"type":"container_upload","file_id":"f1"}]},{"content":[{"file\u005fid":"f2"}]}]"#, ["f1", "f2"]),
            (#""container":"container_1""#, ["container_1"]),
            (#""container":{"id":"c1","skills":[{"skill_id":"skill_012345"},{"skill_id":"pptx"}]}"#, ["c1", "skill_012345"]),
            (#""input":[{"content":[{"type":"input_file","file_id":"file-1"}]}]"#, ["file-1"]),
            (
                #""tools":[{"type":"file_search","vector_store_ids":["vs_1","vs_2"]},{"type":"code_interpreter","container":{"type":"auto","file_ids":["file-1"]}}]"#,
                ["vs_1", "vs_2", "file-1"]
            ),
            (#""tools":[{"container":"cntr_1"}]"#, ["cntr_1"]), (#""messages":[],"file_id":"top""#, []),
        ])
    func found(_ members: String, _ expected: [String]) throws {
        #expect(try ids(members) == Set(expected))
    }

    @Test("is not what a tool is called with, nor a text that speaks of it")
    func own() throws {
        #expect(try ids(#""messages":[{"content":[{"type":"tool_use","input":{"file_id":"mine"}},{"text":"\"file_id\":\"x\""}]}]"#).isEmpty)
        #expect(
            try ids(
                #""tools":[{"input_schema":{"examples":[{"file_id":"x"}]}},{"function":{"parameters":{"default":{"file_ids":["x"]}}}}]"#
            ).isEmpty)
    }

    @Test("is bounded, and one too many is told from enough")
    func bounded() throws {
        let many = (0..<3_000).map { #""file-\#($0)""# }.joined(separator: ",")
        #expect(try ids(#""tools":[{"file_ids":[\#(many)]}]"#).count == ObjectReferences.limit + 1)
        #expect(try ids(#""tools":[{"file_ids":["\#(String(repeating: "x", count: 500))"]}]"#).count == 1, "nobody's, but named")
    }

    @Test("and what the answer keeps is known by its id")
    func containers() {
        let anthropic =
            #"{"id":"m","model":"c","container":{"id":"container_1","expires_at":"x"},"usage":{"input_tokens":1,"output_tokens":1}}"#
        let openAI =
            #"{"id":"resp_1","output":[{"type":"code_interpreter_call","container_id":"cntr_1"}],"usage":{"input_tokens":1,"output_tokens":1}}"#
        for (family, text, id) in [(ModelFamily.anthropic, anthropic, "container_1"), (.openAI, openAI, "cntr_1")] {
            for pieces in [[Array(text.utf8)], Array(text.utf8).map { [$0] }] {
                let meter = ResponseMeter(family: family, status: 200, contentType: "application/json")
                for piece in pieces { piece.withUnsafeBytes { bytes in _ = meter.read(bytes) { _, _ in } } }
                meter.finish { _, _ in }
                #expect(meter.containerID == id)
            }
        }
    }
}
