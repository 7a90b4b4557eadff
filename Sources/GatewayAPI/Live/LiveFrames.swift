import Gateway
import Routing
import Vocabulary

/// What the live view is told, as JSON.
struct LiveFrames: Sendable {
    /// Running requests in a greeting, newest first; `open` of each second counts all.
    private static let mostOpen = 500

    let views: NodeViews
    let workspace: WorkspaceID

    func hello(_ view: LiveBoard.View, at now: Timestamp) -> JSONValue {
        let hello: JSONValue = [
            "t": "hello", "now": .time(now), "since": .time(view.since), "nodes": .list(views.brief(of: workspace)) { $0.brief },
            "open": .list(view.open.prefix(Self.mostOpen)) { $0.json }, "rates": .list(view.past) { $0.json },
        ]
        return hello.adding(place)
    }

    /// What is told is what goes through one instance: which, and how many others there are. Nothing where there can't be any.
    private var place: JSONValue {
        views.gateway.place.map { ["instance": .text($0.name), "others": .int($0.others)] } ?? [:]
    }

    func event(_ event: LiveEvent) -> JSONValue {
        switch event {
        case .opened(let request): ["t": "open", "request": request.json]
        case .changed(let request): ["t": "changed", "request": request.json]
        case .closed(let request): ["t": "closed", "request": request.json]
        case .skipped(let count): ["t": "skipped", "n": .int(count)]
        case .node(let id): node(id)
        case .second(let second, let open, let median, let late):
            Self.named("second").adding(second.json).adding([
                "open": .int(open), "firstByteP50": .count(median), "firstByteP95": .count(late),
            ]).adding(place)
        }
    }

    /// As it is now; one that is gone has only its id.
    private func node(_ id: NodeID) -> JSONValue {
        guard let view = views.brief(of: workspace).first(where: { $0.node.id == id }) else {
            return ["t": "gone", "node": ["id": .id(id)]]
        }
        return ["t": "node", "node": view.brief]
    }

    private static func named(_ name: String) -> JSONValue { ["t": .text(name)] }
}

extension LiveSecond {
    fileprivate var json: JSONValue {
        [
            "at": .time(at), "requests": .int(requests), "failures": .int(failures), "inputTokens": .number(inputTokens),
            "outputTokens": .number(outputTokens),
        ]
    }
}
