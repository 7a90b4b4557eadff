import Synchronization
import Storage
import Logging
package import Routing
import ServiceLifecycle
package import Vocabulary

extension Health {
    /// Probes a node for a person, now, beside the schedule but with its money.
    /// - Throws: `GatewayError.nodeNotFound`, `.unsealable` for one that needs its credential, `.probeRunning`, `.probeBudget`.
    package func test(_ node: NodeID, in workspace: WorkspaceID) async throws -> ProbeFinding {
        let node = try nodes.node(node, in: workspace)
        guard !node.needsCredential else { throw GatewayError.unsealable }
        guard state.withLock({ $0.byHand.insert(node.id).inserted }) else { throw GatewayError.probeRunning }
        defer { state.withLock { _ = $0.byHand.remove(node.id) } }
        let (now, probed) = (now, probedNode(node, in: workspace, at: clock.now()))
        guard let order = state.withLock({ $0.schedule.takeByHand(probed, at: now) }) else { throw GatewayError.probeBudget }
        let finding = await examine(node, by: order.method, source: .person)
        state.withLock { $0.schedule.finishedByHand(order, cost: finding.cost) }
        await noteSpent(finding.cost, for: order)
        return finding
    }

    /// Begins what is due then; each probe is a child of the caller's group.
    func beginDue(in tasks: inout DiscardingTaskGroup, at time: ClockReading) {
        guard let checking else { return }
        let orders = state.withLock { $0.schedule.due(at: time) }
        for order in orders {
            tasks.addTask { [self] in
                let ended = checking()
                defer { ended() }
                let cost = await perform(order)
                await noteSpent(cost, for: order)
                state.withLock { $0.schedule.finished(order.node, cost: cost, at: now.moment, using: &$0.random) }
            }
        }
    }

    private func perform(_ order: ProbeOrder) async -> Int64? {
        let workspace = state.withLock { $0.workspaces[order.node] }
        guard let workspace, let node = try? nodes.node(order.node, in: workspace) else { return 0 }
        return await examine(node, by: order.method, source: .probe).cost
    }

    private func examine(_ node: Node, by method: ProbeMethod, source: HistoryEntry.Source) async -> ProbeFinding {
        let finding =
            method == .cli ? await command.run(settings.current.healthCommand, on: node) : await probe.run(method, on: node)
        // A probe that was cut off says nothing.
        guard finding.outcome != .clientLeft, !Task.isCancelled else { return finding }
        let now = now
        let before = stateName(of: node)
        let isChange = control.probed(node.id, finding.outcome, evidence: method.evidence, of: node.workspace, at: now)
        state.withLock { state in
            state.lastProbe[node.id] = now.wall
            if finding.isGood { state.lastSuccess[node.id] = now.wall }
        }
        logger.debug(
            "a node was probed",
            metadata: [
                "node": "\(node.name)", "method": "\(method.rawValue)", "ok": "\(finding.isGood)",
                "milliseconds": "\(finding.milliseconds)",
            ])
        await write(finding, of: node, from: before, isChange: isChange, source: source)
        return finding
    }

    private func stateName(of node: Node) -> String {
        control.snapshot(of: node.workspace, at: now.moment)?.nodes.first { $0.id == node.id }?.state.name ?? "unknown"
    }

    /// In the history: what changed something, what a person asked for, and else one record in five minutes.
    private func write(
        _ finding: ProbeFinding, of node: Node, from before: String, isChange: Bool, source: HistoryEntry.Source
    ) async {
        let after = stateName(of: node)
        let time = clock.now()
        let isDue = state.withLock { state in
            guard isChange || source == .person || (state.lastEntry[node.id].map { $0 + Self.quiet <= time } ?? true) else {
                return false
            }
            state.lastEntry[node.id] = time
            return true
        }
        guard isDue else { return }
        let code = finding.isGood ? "check_passed" : "check_failed"
        let words =
            finding.isGood
            ? "answered in \(finding.milliseconds) ms"
            : [finding.outcome.code, finding.detail].filter { !$0.isEmpty }.joined(separator: ": ")
        await add(
            HistoryEntry(
                node: node.id, at: time, from: before, to: after, code: code, words: words, source: source,
                milliseconds: finding.milliseconds))
    }

    func add(_ entry: HistoryEntry) async {
        do {
            try await database.write { try HealthStore.add(entry, on: $0) }
        } catch {
            logger.error("a node's history could not be written", metadata: ["error": "\(error)"])
        }
    }
}
