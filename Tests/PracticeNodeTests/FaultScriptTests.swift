import Testing

@testable import PracticeNode

struct FaultScriptTests {
    private func script(_ json: String) throws -> FaultScript {
        let script = FaultScript()
        guard case .array(let items) = try #require(JSON(json)) else { throw PracticeNodeError.script("no list") }
        for item in items { try script.append([FaultScript.Scene(item)]) }
        return script
    }

    private func take(_ script: FaultScript, _ path: Substring = "/v1/messages", _ model: String = "claude-x", stream: Bool = false)
        -> Fault?
    {
        script.take(path: path, model: model, isStream: stream)
    }

    @Test func `scenes are played in order, each once`() throws {
        let script = try script(#"["529", {"fault":"slow:5"}, "ok"]"#)
        #expect(
            [take(script), take(script), take(script), take(script)] == [
                .status(529, retryAfter: nil), .slow(milliseconds: 5), Fault.none, nil,
            ])
    }

    @Test func `a scene can be repeated, and for ever until the script is cleared`() throws {
        let script = try script(#"[{"fault":"500","repeat":2},{"fault":"503","repeat":0}]"#)
        let codes = (0..<6).map { _ in take(script)?.description ?? "-" }
        #expect(codes == ["500", "500", "503", "503", "503", "503"])
        script.clear()
        #expect(take(script) == nil)
    }

    @Test func `a scene waits for the request that it is for`() throws {
        let script = try script(
            #"[{"fault":"500","path":"/v1/embeddings"},{"fault":"501","model":"claude-opus*"},{"fault":"502","stream":true},{"fault":"503","path":"/v1/messages/*"}]"#
        )
        #expect(take(script) == nil)
        #expect(take(script, "/v1/messages/count_tokens") == .status(503, retryAfter: nil))
        #expect(take(script, stream: true) == .status(502, retryAfter: nil))
        #expect(take(script, "/v1/messages", "claude-opus-5-5") == .status(501, retryAfter: nil))
        #expect(take(script, "/v1/embeddings", "") == .status(500, retryAfter: nil))
        #expect(script.rest.isEmpty)
    }

    @Test(arguments: ["{}", "1", #"{"fault":"x"}"#, #"{"fault":"529","repeat":-1}"#, #"{"fault":"529","typo":1}"#, #"{"path":"/x"}"#])
    func `what is no scene is refused`(_ json: String) throws {
        let json = try #require(JSON(json))
        #expect(throws: PracticeNodeError.self) { try FaultScript.Scene(json) }
    }
}
