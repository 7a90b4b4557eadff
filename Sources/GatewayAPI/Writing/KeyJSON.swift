import Gateway
import Routing
import Vocabulary

extension GatewayKey {
    /// Without the key itself, which nobody has any more.
    func json(_ use: KeyFigures, at now: Timestamp) -> JSONValue {
        let head: JSONValue = [
            "id": .id(id), "name": .text(name), "prefix": .text(prefix), "scopes": .list(scopes.sorted()) { .text($0.rawValue) },
            "models": .list(models) { .text($0.text) }, "expiresAt": .time(expiresAt),
        ]
        let limits: JSONValue = [
            "requestsPerMinute": .count(requestsPerMinute), "tokensPerMinute": .count(tokensPerMinute), "concurrency": .int(concurrency),
            "budgetDay": .money(budgetDay), "budgetMonth": .money(budgetMonth),
        ]
        return head.adding(limits).adding([
            "active": .flag(isActive(at: now)), "createdAt": .time(createdAt), "createdBy": .text(createdBy),
            "lastUsedAt": .time(lastUsedAt), "lost": .flag(isLost), "today": Self.json(use.day), "month": Self.json(use.month),
        ])
    }

    private static func json(_ figures: UsageFigures) -> JSONValue {
        ["requests": .number(figures.requests), "cost": .money(figures.cost)]
    }
}
