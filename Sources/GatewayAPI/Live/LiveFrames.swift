import Gateway
import Routing
import Vocabulary

/// What the live view is told, as JSON.
struct LiveFrames: Sendable {
    /// Running requests in a greeting, newest first; `open` of each second counts all.
    private static let mostOpen = 500

    let views: NodeViews
    let workspace: WorkspaceID

    func hello(open: [LiveRequest], past: [LiveSecond], at now: Timestamp) -> JSONValue {
        [
            "t": "hello", "now": .time(now), "nodes": .list(views.brief(of: workspace)) { $0.brief },
            "open": .list(open.prefix(Self.mostOpen)) { $0.json }, "rates": .list(Self.rates(past, at: now)),
        ]
    }

    func event(_ event: LiveEvent) -> JSONValue {
        switch event {
        case .opened(let request): ["t": "open", "request": request.json]
        case .closed(let request): ["t": "closed", "request": request.json]
        case .skipped(let count): ["t": "skipped", "n": .int(count)]
        case .node(let id): node(id)
        case .second(let second, let open, let median, let late):
            Self.named("second").adding(second.json).adding([
                "open": .int(open), "firstByteP50": .count(median), "firstByteP95": .count(late),
            ])
        }
    }

    /// As it is now; one that is gone has only its id.
    private func node(_ id: NodeID) -> JSONValue {
        guard let view = views.brief(of: workspace).first(where: { $0.node.id == id }) else {
            return ["t": "gone", "node": ["id": .id(id)]]
        }
        return ["t": "node", "node": view.brief]
    }

    /// Exactly 60: before the first that was counted nothing happened.
    private static func rates(_ past: [LiveSecond], at now: Timestamp) -> [JSONValue] {
        let first = past.first?.at ?? Timestamp(milliseconds: now.milliseconds - now.milliseconds % 1_000)
        let missing = max(0, LiveBoard.seconds - past.count)
        let empty = (0..<missing).map { index in
            rate(at: first - .seconds(missing - index), requests: 0, failures: 0, inputTokens: 0, outputTokens: 0)
        }
        return empty + past.suffix(LiveBoard.seconds).map(\.json)
    }

    static func rate(at time: Timestamp, requests: Int, failures: Int, inputTokens: Int64, outputTokens: Int64) -> JSONValue {
        [
            "at": .time(time), "requests": .int(requests), "failures": .int(failures), "inputTokens": .number(inputTokens),
            "outputTokens": .number(outputTokens),
        ]
    }

    private static func named(_ name: String) -> JSONValue { ["t": .text(name)] }
}

extension LiveSecond {
    fileprivate var json: JSONValue {
        LiveFrames.rate(at: at, requests: requests, failures: failures, inputTokens: inputTokens, outputTokens: outputTokens)
    }
}
