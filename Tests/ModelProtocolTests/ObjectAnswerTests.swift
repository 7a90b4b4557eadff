import ModelProtocol
import Testing

@Suite("Answers about batches and files")
struct ObjectAnswerTests {
    @Test("an object's id is read, and only the top level's")
    func id() throws {
        #expect(try answer(#"{"request_counts":{"id":"no"},"id":"msgbatch_1","results_url":null}"#).id == "msgbatch_1")
    }

    @Test("the files that a batch has written are read")
    func files() throws {
        let files = try answer(#"{"id":"b","output_file_id":"file-1","error_file_id":null,"x":{"output_file_id":"file-2"}}"#).files
        #expect(files == ["file-1"])
    }

    @Test("the node's address in results_url becomes ours, everything else stays")
    func address() throws {
        let body = #"{ "id" : "b" , "results_url" : "http://node:1/p/v1/x/results","note":"http://node:1/p" }"#
        let out = try answer(body).rewritten(Array(body.utf8), from: "http://node:1/p", to: "https://gate", keeps: { _ in true })
        #expect(
            String(decoding: out, as: UTF8.self)
                == #"{ "id" : "b" , "results_url" : "https://gate/v1/x/results","note":"http://node:1/p" }"#)
    }

    @Test(
        "foreign objects leave a list with valid commas",
        arguments: [
            ([], #"{"data":[],"more":1}"#), (["a"], #"{"data":[{"id":"a"}],"more":1}"#),
            (["c"], #"{"data":[{"id":"c","n":[1]}],"more":1}"#),
            (["a", "c"], #"{"data":[{"id":"a"},{"id":"c","n":[1]}],"more":1}"#), (["b"], #"{"data":[{"id":"b"}],"more":1}"#),
        ])
    func list(keeps: [String], expected: String) throws {
        let body = #"{"data":[{"id":"a"}, {"id":"b"} ,{"id":"c","n":[1]}, 7],"more":1}"#
        let out = try answer(body).rewritten(Array(body.utf8), from: "http://node", to: "", keeps: keeps.contains)
        #expect(String(decoding: out, as: UTF8.self) == expected)
    }

    @Test("what is no object, or broken, is no answer", arguments: ["", "[]", "{", #"{"id":"a"} x"#, "\u{0}", #"{"data":[{"id":"a"}}"#])
    func broken(text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { ObjectAnswer($0) } == nil)
    }

    private func answer(_ text: String) throws -> ObjectAnswer {
        try #require(Array(text.utf8).withUnsafeBytes { ObjectAnswer($0) })
    }
}
