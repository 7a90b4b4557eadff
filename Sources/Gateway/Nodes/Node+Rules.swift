import Relay
import Routing
import Vocabulary

extension Node {
    static let mostModels = 200

    /// The node as `change` makes it, with the next version where that differs.
    /// - Throws: `GatewayError.nodeURL`, `.nodeMoved`, `.invalid` with all that is wrong.
    func applying(_ change: NodeChange) throws(GatewayError) -> Node {
        var node = self
        var list = FaultList()
        node.reach = Self.reach(reach, change)
        // The reach may be narrowed under an address that stays; but an address that a later rule refuses must not keep it from being
        // switched off.
        if change.url != nil || node.reach != reach { node.url = try Self.url(change.url ?? url.text, reach: node.reach) }
        try node.checkBond(to: self, in: change)
        node.setPlain(change)
        node.setTexts(change, &list)
        node.setNumbers(change, &list)
        if let models = change.models { node.models = Self.models(models, &list) }
        if case .set(let credential) = change.credential {
            node.credential = list.read { () throws(GatewayFault) in try Self.checked(credential) } ?? nil
            node.needsCredential = false
        }
        try list.check()
        guard node != self else { return self }
        node.version += 1
        if node.isReachedOtherwise(than: self) { node.accessVersion += 1 }
        return node
    }

    private func isReachedOtherwise(than old: Node) -> Bool {
        url != old.url || credential != old.credential || needsCredential != old.needsCredential || auth != old.auth || reach != old.reach
    }

    private static func url(_ text: String, reach: AddressReach) throws(GatewayError) -> NodeURL {
        do throws(NodeURLFault) {
            return try NodeURL(text, reach: reach)
        } catch {
            throw .nodeURL(error)
        }
    }

    private static func reach(_ reach: AddressReach, _ change: NodeChange) -> AddressReach {
        var reach = reach
        if let allow = change.allowLoopback { reach = allow ? reach.union(.loopback) : reach.subtracting(.loopback) }
        if let allow = change.allowPrivate { reach = allow ? reach.union(.privateNetworks) : reach.subtracting(.privateNetworks) }
        return reach
    }

    private mutating func setPlain(_ change: NodeChange) {
        isEnabled = change.isEnabled ?? isEnabled
        isDraining = change.isDraining ?? isDraining
    }

    private mutating func setTexts(_ change: NodeChange, _ list: inout FaultList) {
        if let text = change.name { name = list.read { () throws(GatewayFault) in try Naming.name(text) } ?? name }
        if let text = change.family { family = list.choice(text, "family", of: RoutedFamily.init(text:), "anthropic or openai") ?? family }
        if let text = change.auth { auth = list.choice(text, "auth", of: NodeAuth.init, "x-api-key or bearer") ?? auth }
        if let text = change.healthMethod {
            healthMethod = list.choice(text, "healthMethod", of: HealthMethod.init, "api, head, count or cli") ?? healthMethod
        }
        if let text = change.healthModel {
            healthModel = list.read { () throws(GatewayFault) in try Naming.model(text, field: "healthModel") } ?? healthModel
        }
        if let text = change.provider {
            provider = list.read { () throws(GatewayFault) in try Naming.label(text, field: "provider") } ?? provider
        }
        if case .set(let text) = change.rateDomain { rateDomain = list.label(text, "rateDomain") }
        if case .set(let text) = change.cacheDomain { cacheDomain = list.label(text, "cacheDomain") }
    }

    private mutating func setNumbers(_ change: NodeChange, _ list: inout FaultList) {
        if let number = change.priority { priority = list.number(number, "priority", in: 1...1_000) ?? priority }
        if let number = change.weight { weight = list.number(number, "weight", in: 1...10_000) ?? weight }
        if case .set(let number) = change.maxConcurrency {
            maxConcurrency = number.flatMap { list.number($0, "maxConcurrency", in: 1...100_000) }
        }
    }

    private static func models(_ models: [NodeChange.Model], _ list: inout FaultList) -> [NodeModel] {
        guard models.count <= mostModels else {
            list.add(GatewayFault("models", "length", "At most \(mostModels)."))
            return []
        }
        return models.enumerated().compactMap { index, model in
            list.read { () throws(GatewayFault) in
                let match = try Naming.pattern(model.match, field: "models[\(index)].match")
                guard let pattern = ModelPattern(match) else { throw GatewayFault("models[\(index)].match", "pattern", "Not a pattern.") }
                guard let to = model.to else { return NodeModel(match: pattern) }
                return NodeModel(match: pattern, to: try Naming.model(to, field: "models[\(index)].to"))
            }
        }
    }

    /// What can stand in a header's value (RFC 9110 section 5.5) without ending it.
    private static func checked(_ credential: NodeCredential?) throws(GatewayFault) -> NodeCredential? {
        guard let credential else { return nil }
        let text = Secret(credential.reveal().trimmed)
        guard (1...4_096).contains(text.reveal().utf8.count), text.reveal().utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw GatewayFault("credential", "credential", "1 to 4096 visible ASCII characters, without spaces")
        }
        return NodeCredential(text)
    }
}

extension FaultList {
    mutating func choice<Value>(_ text: String, _ field: String, of make: (String) -> Value?, _ accepted: String) -> Value? {
        guard let value = make(text) else {
            add(GatewayFault(field, "choice", "Must be \(accepted)."))
            return nil
        }
        return value
    }

    mutating func number<Number: BinaryInteger & Sendable>(_ number: Number, _ field: String, in range: ClosedRange<Number>) -> Number? {
        guard range.contains(number) else {
            add(GatewayFault(field, "range", "Must be \(range.lowerBound) to \(range.upperBound)."))
            return nil
        }
        return number
    }

    mutating func label(_ text: String?, _ field: String) -> String? {
        guard let text else { return nil }
        return read { () throws(GatewayFault) in try Naming.label(text, field: field) }
    }
}

extension Node {
    /// A node that the change which makes it is about to fill. Its address is a name that never resolves (RFC 2606).
    static func blank(
        _ id: NodeID, in workspace: WorkspaceID, family: RoutedFamily, method: HealthMethod, at now: Timestamp
    ) throws(GatewayError) -> Node {
        let isAnthropic = family == .anthropic
        return Node(
            id: id, workspace: workspace, name: "", url: try url("https://unset.invalid", reach: []), family: family, provider: family.text,
            auth: isAnthropic ? .apiKey : .bearer, credential: nil, priority: 1, position: 0, weight: 100, isEnabled: true,
            isDraining: false, maxConcurrency: nil, models: [], healthMethod: isAnthropic ? method : .count,
            healthModel: isAnthropic ? "claude-haiku-4-5-20251001" : "gpt-4.1-mini", rateDomain: nil, cacheDomain: nil, reach: [],
            createdAt: now, version: 0, accessVersion: 0)
    }

    var auditFields: [AuditField] {
        [
            AuditField("name", name), AuditField("url", url.text), AuditField("family", family.text), AuditField("provider", provider),
            AuditField("auth", auth.rawValue), AuditField("credential", credential?.reveal(), isSecret: true),
            AuditField("priority", priority), AuditField("weight", weight), AuditField("enabled", isEnabled),
            AuditField("draining", isDraining), AuditField("maxConcurrency", maxConcurrency), AuditField("models", modelsText),
            AuditField("healthMethod", healthMethod.rawValue), AuditField("healthModel", healthModel), AuditField("rateDomain", rateDomain),
            AuditField("cacheDomain", cacheDomain), AuditField("allowPrivate", reach.contains(.privateNetworks)),
            AuditField("allowLoopback", reach.contains(.loopback)),
        ]
    }

    private var modelsText: String {
        models.map { model in model.to.map { "\(model.match.text) → \($0)" } ?? model.match.text }.joined(separator: ", ")
    }
}
