import Bus
import Synchronization
import Storage
import Logging
import Routing
import ServiceLifecycle
import Vocabulary

/// Probes what is due, and writes down what becomes of nodes. Ends at once, also in the middle of its first quiet half-minute.
package struct HealthService: Service {
    let health: Health

    package init(_ health: Health) {
        self.health = health
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await health.listen() }
                tasks.addTask { for await _ in health.changes { health.replan() } }
                tasks.addTask { await health.tidy() }
                tasks.addTask { await health.keepRateLimits() }
                while !Task.isCancelled {
                    if health.duty.holds(.probes) { health.beginDue(in: &tasks, at: health.now) }
                    try? await Task.sleep(for: .milliseconds(500))
                }
            }
        }
        await health.saveRateLimits()
    }
}

extension Health {
    /// What changed of nodes goes into log, history, live view and the record for the next process.
    func listen() async {
        for await notice in notices {
            for change in notice.changes { await take(change, notice) }
        }
    }

    private func take(_ change: PoolChange, _ notice: TrafficControl.Notice) async {
        switch change {
        case .health(let node, let change): await take(change, of: node, notice)
        case .rateLimited(_, let node, let until):
            let seconds = notice.at.moment.remaining(until: until).wholeSecondsRoundedUp
            log(.notice, "a rate limit holds a node back", of: node, notice, ["seconds": "\(seconds)"])
            live.nodeChanged(node, in: notice.workspace)
            await add(entry(node, notice, "rate_limited", "its provider's rate limit: \(seconds) s"))
        case .modelMissing(let node, let model):
            log(.notice, "a node does not have a model", of: node, notice, ["model": "\(model)"])
            await add(entry(node, notice, "model_missing", "does not have the model \(model)"))
        case .incidentBegan(let provider):
            logger.warning(
                "a provider is overloaded as a whole", metadata: ["provider": "\(provider)", "workspace": "\(notice.workspace)"])
        case .incidentEnded(let provider):
            logger.notice("a provider's overload is over", metadata: ["provider": "\(provider)", "workspace": "\(notice.workspace)"])
        }
    }

    private func take(_ change: HealthChange, of node: NodeID, _ notice: TrafficControl.Notice) async {
        let isWorse = change.to != .healthy
        log(
            isWorse ? .warning : .notice, change.isKept ? "a node fails but is needed" : "a node's health changed", of: node, notice,
            ["from": "\(change.from.name)", "to": "\(change.to.name)", "why": "\(change.reason.english)"])
        let record = control.record(of: node, in: notice.workspace, at: now)
        let cure = control.snapshot(of: notice.workspace, at: now.moment)?.nodes.first { $0.id == node }?.cure
        state.withLock { state in
            if !isWorse { state.lastSuccess[node] = notice.at.wall }
            if change.from.name != change.to.name { state.since[node] = notice.at.wall }
            state.schedule.mark(node, cure: cure, at: notice.at.moment, using: &state.random)
        }
        live.nodeChanged(node, in: notice.workspace)
        let entry = HistoryEntry(
            node: node, at: notice.at.wall, from: change.from.name, to: change.to.name, code: change.reason.code.rawValue,
            words: change.reason.english, source: notice.source)
        do {
            try await database.write(
                { connection in
                    if let record { try HealthStore.save(record, of: node, at: notice.at.wall, on: connection) }
                    try ChangeMarks.note(.standings, on: connection)
                    // Of a probe its maker writes the line, with what the node said.
                    if entry.source != .probe { try HealthStore.add(entry, on: connection) }
                },
                committed: { [self] in
                    if let record { state.withLock { $0.records[node] = record } }
                    announce(.standingsChanged)
                })
        } catch {
            logger.error("a node's health could not be written", metadata: ["error": "\(error)"])
        }
    }

    private func entry(_ node: NodeID, _ notice: TrafficControl.Notice, _ code: String, _ words: String) -> HistoryEntry {
        let state = control.snapshot(of: notice.workspace, at: now.moment)?.nodes.first { $0.id == node }?.state.name ?? "unknown"
        return HistoryEntry(node: node, at: notice.at.wall, from: state, to: state, code: code, words: words, source: notice.source)
    }

    private func log(
        _ level: Logger.Level, _ sentence: Logger.Message, of node: NodeID, _ notice: TrafficControl.Notice, _ more: Logger.Metadata
    ) {
        let name = (try? nodes.node(node, in: notice.workspace))?.name ?? node.description
        logger.log(
            level: level, sentence, metadata: more.merging(["node": "\(name)", "workspace": "\(notice.workspace)"]) { first, _ in first })
    }

    /// Once an hour, a little of what is too old.
    func tidy() async {
        while !Task.isCancelled {
            let before = clock.now() - .seconds(Double(settings.current.historyDays) * 86_400)
            while duty.holds(.chores), let gone = try? await database.write({ try HealthStore.trim(before: before, limit: 500, on: $0) }),
                gone > 0
            {}
            try? await Task.sleep(for: .seconds(3_600))
        }
    }
}
