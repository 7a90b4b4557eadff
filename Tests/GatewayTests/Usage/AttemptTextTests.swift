import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// How a request's row keeps its tries.
@Suite struct AttemptTextTests {
    private let opening = RequestOpening(
        id: .make(at: Timestamp(milliseconds: 1_795_248_000_000)), workspace: .make(at: Timestamp(milliseconds: 1)), key: nil,
        operation: "messages", model: "sonnet")

    private func text(_ attempts: [OpenAttempt]) -> String {
        var bytes: [UInt8] = []
        AttemptText.write(attempts, of: opening, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Any tries are read as they were written", arguments: 1...50)
    func roundTrip(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let words = ["sonnet", "haiku", "", "a:b;c%d", "%3A", "%253B%", "模型", "x\ny"]
        let attempts = (0..<Int.random(in: 0...4, using: &random)).map { index in
            var attempt = OpenAttempt(
                opening: AttemptOpening(
                    number: index + 1, node: .make(at: Timestamp(milliseconds: 5)), mappedModel: words.randomElement(using: &random) ?? "",
                    reason: PickReason.allCases.randomElement(using: &random).flatMap { Bool.random(using: &random) ? $0 : nil }),
                at: Timestamp(milliseconds: .random(in: -5...2_000_000_000_000, using: &random)))
            if Bool.random(using: &random) {
                attempt.ending = AttemptEnding(
                    number: index + 1, certainty: AttemptCertainty.allCases.randomElement(using: &random) ?? .notSent,
                    outcome: words.randomElement(using: &random) ?? "",
                    httpStatus: Bool.random(using: &random) ? .random(in: 100...599, using: &random) : nil,
                    milliseconds: .random(in: -1...99_999, using: &random), isChargeSuspected: .random(using: &random),
                    isNodeFault: .random(using: &random))
            }
            return attempt
        }
        // An empty name is told from the request's own nowhere: no node is asked for a model without a name when the client named one.
        let expected = attempts.map { attempt in
            var attempt = attempt
            if attempt.opening.mappedModel.isEmpty { attempt.opening.mappedModel = "sonnet" }
            return attempt
        }
        #expect(AttemptText.read(text(attempts), model: "sonnet") == expected)
    }

    @Test("The usual try is short: its model is the request's")
    func usual() throws {
        let node = try #require(NodeID("01KA0000000000000000000000"))
        var attempt = OpenAttempt(
            opening: AttemptOpening(number: 1, node: node, mappedModel: "sonnet"), at: Timestamp(milliseconds: 1_795_248_000_001))
        #expect(text([attempt]) == "1:01KA0000000000000000000000::1795248000001:::::")
        attempt.ending = AttemptEnding(
            number: 1, certainty: .rejected, outcome: "status_529", httpStatus: 529, milliseconds: 40, isChargeSuspected: true,
            isNodeFault: true)
        #expect(text([attempt]) == "1:01KA0000000000000000000000::1795248000001:rejected:status_529:529:40:cf")
    }

    @Test(
        "What nobody wrote is left out",
        arguments: ["", ";", "x", "1:2:3", ":::::::::", "1:01KA0000000000000000000000::5:rumour:::::", "🙂;1"])
    func foreign(text: String) {
        #expect(AttemptText.read(text, model: "sonnet").isEmpty)
    }
}
