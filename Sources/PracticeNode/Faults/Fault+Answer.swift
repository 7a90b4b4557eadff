import NIOCore

extension Fault {
    /// The answer that is given instead, where the fault is in what is said.
    func changed(_ answer: Answer, _ family: Family, _ requestID: String) -> Answer {
        switch self {
        case .status(let status, let retryAfter): failed(status, retryAfter, family, requestID)
        case .spendLimit: spendLimit(family, requestID)
        case .usageLimit:
            FamilyError(400, "You have reached your specified API usage limits. You will regain access on 2027-01-01 at 00:00 UTC.")
                .answer(family, requestID: requestID)
        case .errorEarly(let type): interrupted(answer, type, family, requestID) { $0.part == .start }
        case .errorLate(let type): interrupted(answer, type, family, requestID) { $0.part != .end }
        case .garbage: Answer(status: 200, type: "text/html", "<html><body><h1>Maintenance</h1>back soon</body></html>")
        case .malformedEvents: malformed(answer)
        case .redirect(let url): Answer(status: 302, type: "text/html", "moved").with("location", url)
        case .crlf: rewritten(answer) { $0.replacing("\n", with: "\r\n") }
        default: answer
        }
    }

    private func failed(_ status: Int, _ retryAfter: Int?, _ family: Family, _ requestID: String) -> Answer {
        let message = status == 529 ? "Overloaded" : "practised status \(status)"
        var answer = FamilyError(status, message).answer(family, requestID: requestID)
        if status == 429 || status >= 500 { answer = answer.with("x-should-retry", "true") }
        return retryAfter.map { answer.with("retry-after", String($0)) } ?? answer
    }

    /// A 429 that no waiting mends: without `retry-after`, with a code of its own.
    private func spendLimit(_ family: Family, _ requestID: String) -> Answer {
        FamilyError(
            429, "This request would exceed your organization's enforced spend limit",
            details: ["error_code": "enforced_spend_limit_reached"]
        )
        .answer(family, requestID: requestID)
    }

    /// The stream up to where `isKept` ends, then the error as an event; what is no stream becomes a 200 that holds an error.
    private func interrupted(
        _ answer: Answer, _ type: String, _ family: Family, _ requestID: String, isKept: (StreamEvent) -> Bool
    ) -> Answer {
        let error = FamilyError(200, "Overloaded", type: type).envelope(family, requestID: requestID)
        guard case .events(let events) = answer.body else { return Answer(error) }
        var kept = Array(events.prefix { isKept($0) })
        // Late means in the middle of the text, not behind it.
        if let first = kept.firstIndex(where: { $0.part == .content }) { kept.removeLast((kept.count - first) / 2) }
        kept.append(family == .anthropic ? .named(.content, "error", error) : .data(.content, error))
        var changed = answer
        changed.body = .events(kept)
        return changed
    }

    /// Lines that are no fields, data that is no JSON, an event that never ends.
    private func malformed(_ answer: Answer) -> Answer {
        guard case .events = answer.body else {
            return Answer(status: 200, type: "application/json", "{\"type\":\"message\",\"content\":[{\"type\":\"te")
        }
        let events = [
            "event: message_start\ndata: {\"type\":\"message_start\",\n\n", "\u{0}\u{1}no field here\n\n", "data: }{\n\n",
            "event: content_block",
        ]
        return Answer(events: events.map { StreamEvent(.content, $0) })
    }

    private func rewritten(_ answer: Answer, _ change: (String) -> String) -> Answer {
        guard case .events(let events) = answer.body else { return answer }
        var changed = answer
        changed.body = .events(events.map { StreamEvent($0.part, change($0.text)) })
        return changed
    }
}
