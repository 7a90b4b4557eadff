import Desk
import Gauges
import Gateway
import People
import Routing
import Vocabulary

extension House {
    /// Does what the command line asks. What is refused is said in one sentence.
    package func carryOut(_ order: HouseOrder) async -> HouseAnswer {
        do {
            return try await answer(order)
        } catch let refusal as OrderRefusal {
            return HouseAnswer(refusal: refusal.sentence)
        } catch let error as GatewayError {
            return HouseAnswer(refusal: "\(error.explanation) [\(error.code)]")
        } catch {
            return HouseAnswer(refusal: StartRefusal(error).sentence)
        }
    }

    private func answer(_ order: HouseOrder) async throws -> HouseAnswer {
        switch order {
        case .addNode(let order): return try await addNode(order)
        case .listNodes(let name): return try await listNodes(in: workspace(name))
        case .stepNode(let node, let step, let name): return try await take(step, with: node, in: workspace(name))
        case .changeNode(let node, let order): return try await change(node, order)
        case .createKey(let order): return try await createKey(order)
        case .listKeys(let name): return try await listKeys(in: workspace(name))
        case .figures: return HouseAnswer(output: [await HouseFigures(house: self, web: web).page().text])
        case .sharing: return HouseAnswer(output: try await sharing())
        case .revokeKey(let key, let name): return try await revokeKey(key, in: workspace(name))
        }
    }

    /// The one that is named, by name or id; without a name the only one.
    private func workspace(_ name: String?) async throws -> WorkspaceID {
        let all = try await people.workspaces.all()
        guard !all.isEmpty else { throw OrderRefusal("there is no workspace yet: run `switchboard setup`, or open the set-up page") }
        guard let name else {
            guard let only = all.first, all.count == 1 else {
                throw OrderRefusal("there are several workspaces; name one with --workspace: \(all.map(\.name).joined(separator: ", "))")
            }
            return only.id
        }
        let named = all.filter { $0.name == name || $0.id.description == name }
        guard let found = named.first, named.count == 1 else {
            throw OrderRefusal("no workspace is called \"\(name)\": there are \(all.map(\.name).joined(separator: ", "))")
        }
        return found.id
    }

    private func addNode(_ order: NodeOrder) async throws -> HouseAnswer {
        let workspace = try await workspace(order.workspace)
        let node = try await gateway.nodes.create(NodeChange(order), by: .command(in: workspace))
        var notes = ["node \(node.name) added: \(node.url.text), \(node.family.text), priority \(node.priority)"]
        if node.credential == nil { notes.append("it has no credential: give one with --credential-env if it asks for one") }
        return HouseAnswer(output: [node.id.description], notes: notes)
    }

    private func listNodes(in workspace: WorkspaceID) async throws -> HouseAnswer {
        let nodes = gateway.nodes.nodes(of: workspace)
        guard !nodes.isEmpty else { return HouseAnswer(notes: ["no node yet: `switchboard node add --name north --url https://…`"]) }
        let standings = gateway.health.standings(of: workspace)
        return HouseAnswer(
            output: nodes.map { node in
                let standing = standings[node.id]
                return [
                    node.name, node.url.text, node.family.text, "\(node.priority)", standing?.state.rawValue ?? "unknown",
                    standing?.words ?? "",
                ].joined(separator: "\t")
            })
    }

    private func node(_ name: String, in workspace: WorkspaceID) throws -> Node {
        guard let node = gateway.nodes.nodes(of: workspace).first(where: { $0.name == name }) else {
            throw OrderRefusal("no node is called \"\(name)\"; `switchboard node list` shows them")
        }
        return node
    }

    private func change(_ name: String, _ order: NodeOrder) async throws -> HouseAnswer {
        let workspace = try await workspace(order.workspace)
        let before = try node(name, in: workspace)
        let node = try await gateway.nodes.change(before.id, NodeChange(order), by: .command(in: workspace))
        guard node != before else { return HouseAnswer(notes: ["node \(name): nothing was changed"]) }
        var notes = ["node \(node.name) changed: \(node.url.text), \(node.family.text), priority \(node.priority)"]
        if before.needsCredential, !node.needsCredential { notes.append("its credential is sealed anew: it gets requests again") }
        return HouseAnswer(notes: notes)
    }

    private func take(_ step: NodeStep, with name: String, in workspace: WorkspaceID) async throws -> HouseAnswer {
        let node = try node(name, in: workspace)
        let author = Author.command(in: workspace)
        switch step {
        case .enable:
            _ = try await gateway.nodes.setEnabled(node.id, true, by: author)
            gateway.health.revive(node.id, in: workspace)
        case .disable: _ = try await gateway.nodes.setEnabled(node.id, false, by: author)
        case .drain: _ = try await gateway.nodes.setDraining(node.id, true, by: author)
        case .undrain: _ = try await gateway.nodes.setDraining(node.id, false, by: author)
        case .remove: try await gateway.nodes.delete(node.id, by: author)
        case .test: return try await tested(node, in: workspace)
        }
        return HouseAnswer(notes: ["node \(name): \(step.rawValue) done"])
    }

    private func tested(_ node: Node, in workspace: WorkspaceID) async throws -> HouseAnswer {
        let finding = try await gateway.health.test(node.id, in: workspace)
        let line = "\(finding.isGood ? "ok" : "failed")\t\(finding.method.rawValue)\t\(finding.milliseconds) ms\t\(finding.detail)"
        return HouseAnswer(output: [line], refusal: finding.isGood ? nil : "node \(node.name) did not pass the test")
    }

    private func createKey(_ order: KeyOrder) async throws -> HouseAnswer {
        let workspace = try await workspace(order.workspace)
        let made = try await gateway.keys.create(try KeyChange(order, now: clock.now()), by: .command(in: workspace))
        return HouseAnswer(
            output: [made.text.reveal()], notes: ["key \(made.key.name) made; this is the only time that it is shown"])
    }

    private func listKeys(in workspace: WorkspaceID) async throws -> HouseAnswer {
        let page = try await gateway.keys.list(of: workspace, after: nil, limit: 200)
        let now = clock.now()
        return HouseAnswer(
            output: page.items.map { key in
                let state = key.revokedAt != nil ? "revoked" : key.isLost ? "lost" : key.isActive(at: now) ? "active" : "expired"
                return [key.name, key.prefix + "…", state].joined(separator: "\t")
            }, notes: page.next == nil ? [] : ["only the newest 200 are shown; the console has them all"])
    }

    private func revokeKey(_ name: String, in workspace: WorkspaceID) async throws -> HouseAnswer {
        let key: GatewayKey
        do {
            key = try await gateway.keys.key(named: name, in: workspace)
        } catch GatewayError.keyNotFound {
            throw OrderRefusal("no active key is called \"\(name)\"; `switchboard key list` shows them")
        }
        _ = try await gateway.keys.revoke(key.id, by: .command(in: workspace))
        return HouseAnswer(notes: ["key \(name) revoked"])
    }
}

/// An order that makes no sense here.
struct OrderRefusal: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}

extension NodeChange {
    fileprivate init(_ order: NodeOrder) {
        self.init(
            name: order.name, url: order.url, family: order.family, auth: order.auth,
            credential: order.credential.map { .set(NodeCredential(Secret($0))) } ?? .keep, priority: order.priority, weight: order.weight,
            maxConcurrency: order.maxConcurrency.map { .set($0) } ?? .keep,
            models: order.models.isEmpty ? nil : order.models.map(Self.model), healthMethod: order.healthMethod,
            healthModel: order.healthModel, rateDomain: order.rateDomain.map { .set($0) } ?? .keep,
            cacheDomain: order.cacheDomain.map { .set($0) } ?? .keep, allowPrivate: order.allowPrivate, allowLoopback: order.allowLoopback)
    }

    /// `pattern` or `pattern=name at the node`.
    private static func model(_ text: String) -> Model {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        return Model(match: parts.first ?? text, to: parts.dropFirst().first)
    }
}

extension KeyChange {
    fileprivate init(_ order: KeyOrder, now: Timestamp) throws {
        self.init(name: order.name)
        if !order.scopes.isEmpty { scopes = order.scopes }
        if !order.models.isEmpty { models = order.models }
        if let days = order.expiresInDays {
            guard (1...36_500).contains(days) else { throw OrderRefusal("--expires-in-days takes 1 to 36500") }
            expiresAt = .set(now + .seconds(Double(days) * 86_400))
        }
        if let number = order.requestsPerMinute { requestsPerMinute = .set(Int64(number)) }
        if let number = order.tokensPerMinute { tokensPerMinute = .set(Int64(number)) }
        if let number = order.concurrency { concurrency = .set(Int64(number)) }
        if let text = order.budgetDay { budgetDay = .set(try Self.nanoDollars(text, "--budget-day")) }
        if let text = order.budgetMonth { budgetMonth = .set(try Self.nanoDollars(text, "--budget-month")) }
    }

    private static func nanoDollars(_ text: String, _ flag: String) throws -> Int64 {
        guard let amount = DollarText.parse(text) else { throw OrderRefusal("\(flag) takes US dollars such as 2.50, not \"\(text)\"") }
        return amount
    }
}
