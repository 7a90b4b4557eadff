import Routing
import Vocabulary

extension GatewayKey {
    static let mostModels = 200

    /// The key as `change` makes it.
    /// - Throws: `GatewayError.keyRevoked`, `.invalid` with all that is wrong.
    func applying(_ change: KeyChange, at now: Timestamp) throws(GatewayError) -> GatewayKey {
        guard revokedAt == nil else { throw .keyRevoked }
        var key = self
        var list = FaultList()
        if let name = change.name { key.name = list.read { () throws(GatewayFault) in try Naming.name(name) } ?? "" }
        if let scopes = change.scopes { key.scopes = Self.scopes(scopes, &list) }
        if let models = change.models { key.models = Self.models(models, &list) }
        if case .set(let time) = change.expiresAt {
            if let time, time <= now { list.add(GatewayFault("expiresAt", "past", "Take a time in the future, or none.")) }
            key.expiresAt = time
        }
        key.setLimits(change, &list)
        try list.check()
        return key
    }

    private mutating func setLimits(_ change: KeyChange, _ list: inout FaultList) {
        list.limit(change.requestsPerMinute, "requestsPerMinute", in: 1...1_000_000, into: &limits.requestsPerMinute)
        list.limit(change.tokensPerMinute, "tokensPerMinute", in: 1...1_000_000_000_000, into: &limits.tokensPerMinute)
        list.limit(change.budgetDay, "budgetDay", in: 0...1_000_000_000_000_000_000, into: &limits.moneyPerDay)
        list.limit(change.budgetMonth, "budgetMonth", in: 0...1_000_000_000_000_000_000, into: &limits.moneyPerMonth)
        var concurrency = limits.concurrency.map(Int64.init)
        list.limit(change.concurrency, "concurrency", in: 1...10_000, into: &concurrency)
        limits.concurrency = concurrency.flatMap { Int(exactly: $0) }
    }

    private static func scopes(_ texts: [String], _ list: inout FaultList) -> Set<KeyScope> {
        let scopes = texts.prefix(8).compactMap(KeyScope.init)
        if scopes.isEmpty || scopes.count != texts.count {
            list.add(GatewayFault("scopes", "choice", "At least one of inference, files and models."))
        }
        return Set(scopes)
    }

    private static func models(_ texts: [String], _ list: inout FaultList) -> [ModelPattern] {
        guard texts.count <= mostModels else {
            list.add(GatewayFault("models", "length", "At most \(mostModels)."))
            return []
        }
        return texts.enumerated().compactMap { index, text in
            list.read { () throws(GatewayFault) in try Naming.pattern(text, field: "models[\(index)]") }.flatMap(ModelPattern.init)
        }
    }

    static func blank(_ text: KeyText, by author: Author, at now: Timestamp) -> GatewayKey {
        GatewayKey(
            id: .make(at: now), workspace: author.workspace, name: "", prefix: text.prefix, scopes: Set(KeyScope.allCases), models: [],
            expiresAt: nil, limits: KeyAllowance(), createdAt: now,
            createdBy: author.member == nil ? author.origin.rawValue : author.name, revokedAt: nil, lastUsedAt: nil)
    }

    var auditFields: [AuditField] {
        [
            AuditField("name", name), AuditField("scopes", scopes.sorted().map(\.rawValue).joined(separator: ", ")),
            AuditField("models", models.map(\.text).joined(separator: ", ")), AuditField("expiresAt", expiresAt?.rfc3339),
            AuditField("requestsPerMinute", limits.requestsPerMinute), AuditField("tokensPerMinute", limits.tokensPerMinute),
            AuditField("concurrency", limits.concurrency), AuditField("budgetDay", limits.moneyPerDay),
            AuditField("budgetMonth", limits.moneyPerMonth),
            AuditField("revokedAt", revokedAt?.rfc3339),
        ]
    }
}

extension FaultList {
    fileprivate mutating func limit(_ edit: Edit<Int64?>, _ field: String, in range: ClosedRange<Int64>, into value: inout Int64?) {
        guard case .set(let number) = edit else { return }
        value = number.flatMap { self.number($0, field, in: range) }
    }
}
