import Bus
import Storage
import Vocabulary

/// What every instance keeps in memory and another one may change.
enum SharedTopic: String, CaseIterable, Sendable {
    case keys, nodes, prices, settings, standings
    /// Somebody lacks what others hold of a limit and don't use.
    case limits

    /// What a bell is about; empty: nothing of the gateway's.
    static func told(by bell: Bell) -> [SharedTopic] {
        switch bell {
        case .keysChanged: [.keys]
        case .nodesChanged: [.nodes]
        case .pricesChanged: [.prices]
        case .settingsChanged: [.settings]
        case .standingsChanged: [.standings]
        case .budgetMoved: [.limits]
        case .lookAgain: allCases
        default: []
        }
    }
}

/// How often each topic was changed, written with the change itself: an instance that has heard of nothing still sees it.
enum ChangeMarks {
    static func note(_ topic: SharedTopic, on connection: any SQLConnection) throws {
        guard try connection.execute("UPDATE gateway_mark SET number = number + 1 WHERE topic = ?", topic.rawValue) == 0 else { return }
        try connection.execute("INSERT INTO gateway_mark (topic, number) VALUES (?, 1)", topic.rawValue)
    }

    static func all(on connection: any SQLConnection) throws -> [SharedTopic: Int64] {
        try connection.rows("SELECT topic, number FROM gateway_mark").reduce(into: [:]) { marks, row in
            guard let topic = SharedTopic(rawValue: try row.get(0)) else { return }
            marks[topic] = try row.get(1)
        }
    }
}
