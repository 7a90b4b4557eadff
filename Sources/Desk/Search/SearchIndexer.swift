import DeskProtocol
import Storage
import Vocabulary

/// Brings what was said into the search's index, behind the feed: a send never waits for it.
///
/// Its position is moved in the transaction that fills the index: whatever ends it in between, nothing is there twice and nothing is missing.
final class SearchIndexer: Sendable {
    /// Numbers of the feed that are looked at in one step.
    private static let feedSpan = 512
    /// Conversations of the walk through what was there before.
    private static let walkSpan = 64
    /// How often a step is decided anew that the schema refused.
    private static let attempts = 3

    private let database: any Database
    private let figures: DeskFigures
    /// Whether this work is this instance's; one of all does it.
    let isOurs: @Sendable () -> Bool

    init(database: any Database, figures: DeskFigures, isOurs: @escaping @Sendable () -> Bool) {
        self.database = database
        self.figures = figures
        self.isOurs = isOurs
    }

    /// One step in each workspace that is behind.
    /// - Returns: false when nothing is left to do.
    func round() async throws -> Bool {
        let behind = try await database.read { try SearchPositionStore.behind(on: $0) }
        figures.searchIsBehind(behind.reduce(0) { $0 + $1.changes })
        var failure: (any Error)?
        for (workspace, _) in behind {
            do { try await step(in: workspace) } catch { failure = error }
        }
        if let failure { throw failure }
        return !behind.isEmpty
    }

    /// Another instance knows now how far the index is.
    func rest() { figures.searchIsBehind(0) }

    /// Everything that is there now.
    func catchUp() async throws {
        while try await round() {}
    }

    private func step(in workspace: WorkspaceID) async throws {
        for attempt in 1...Self.attempts {
            do {
                guard let batch = try await database.read({ try Self.decide(workspace, on: $0) }) else {
                    return try await database.write { try SearchPositionStore.begin(workspace, on: $0) }
                }
                try await database.write { try batch.store(on: $0) }
                return figures.searchTook(batch.texts)
            } catch is SearchBatch.Overtaken {
                return
            } catch StorageError.duplicate where attempt < Self.attempts {
                continue
            }
        }
    }

    /// Nil where the workspace has no position yet.
    private static func decide(_ workspace: WorkspaceID, on connection: any SQLConnection) throws -> SearchBatch? {
        guard var position = try SearchPositionStore.position(of: workspace, on: connection) else { return nil }
        if position.feed < (try FeedStore.trimmed(of: workspace, on: connection)) {
            position = position.startingAnew(
                at: try FeedStore.top(of: workspace, on: connection),
                of: try SearchPositionStore.conversations(of: workspace, on: connection))
        }
        var batch = SearchBatch(at: position)
        if try takeChanges(into: &batch, on: connection) { try walk(on: &batch, on: connection) }
        return batch
    }

    /// What changed since: it is looked for before anything else.
    /// - Returns: whether that is all.
    private static func takeChanges(into batch: inout SearchBatch, on connection: any SQLConnection) throws -> Bool {
        let changes = try SearchThread.changes(after: batch.position, limit: feedSpan, on: connection)
        for (id, first) in changes.conversations {
            guard let thread = try SearchThread.thread(id, on: connection) else { continue }
            guard try batch.add(thread, on: connection) else {
                batch.move { $0.feed = first - 1 }
                return false
            }
        }
        batch.move { $0.feed = changes.last }
        return changes.isAll
    }

    /// What was there before.
    private static func walk(on batch: inout SearchBatch, on connection: any SQLConnection) throws {
        guard var walk = batch.position.earlier, batch.room > 0 else { return }
        let page = try SearchThread.earlier(walk, in: batch.position.workspace, limit: walkSpan, on: connection)
        for (id, at) in page {
            if let thread = try SearchThread.thread(id, on: connection) {
                guard try batch.add(thread, on: connection) else { return }
            }
            (walk.time, walk.conversation) = (at, id.description)
            batch.move { position in
                position.earlier = walk
                position.done += 1
            }
        }
        guard page.count < walkSpan else { return }
        batch.move { $0.earlier = walk.isResolved ? nil : .resolved }
    }
}

extension SearchPosition.Walk {
    fileprivate static var resolved: Self {
        var walk = Self()
        walk.isResolved = true
        return walk
    }
}
