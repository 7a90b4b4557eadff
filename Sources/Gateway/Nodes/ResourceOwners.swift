package import Logging
package import Routing
package import Storage
import Synchronization
package import Vocabulary

/// Which node keeps an object for a workspace, and which key made it: the ids are the provider's, and one workspace must never reach
/// another's. What is not here does not exist: ids that nobody made through this gateway are nobody's.
package final class ResourceOwners: Sendable {
    /// What kind of thing an id names: the word of the vendors' paths that comes before it.
    package struct Kind: Hashable, Sendable {
        /// 1–32 bytes.
        package let name: String

        /// - Parameter collection: a word of a path; what is beyond 32 bytes does not count.
        package init(_ collection: String) {
            // Files were kept before the others were, under a name of their own.
            name = collection == "files" ? "file" : String(decoding: collection.utf8.prefix(32), as: UTF8.self)
        }

        /// Anthropic's message batches.
        package static let batch = Kind("batch")
        package static let file = Kind("files")
        /// OpenAI's answers, which it keeps for 30 days unless it is told not to.
        package static let response = Kind("responses")
        package static let completion = Kind("completions")
        package static let conversation = Kind("conversations")
        /// Where providers run code.
        package static let container = Kind("containers")
        /// OpenAI's batches.
        package static let openAIBatch = Kind("batches")
    }

    /// Where an object is, and who made it.
    package struct Owner: Hashable, Sendable {
        package let node: NodeID
        /// Nil: made before this was kept.
        package let key: KeyID?
        /// What it used is booked when somebody fetches it: an answer that was made in the background.
        package var owes = false
        /// Nano-dollars that are held for a batch.
        package var held: Int64 = 0
        /// The batch that has written a file.
        package var parent: String?

        package init(node: NodeID, key: KeyID?, owes: Bool = false, held: Int64 = 0, parent: String? = nil) {
            self.node = node
            self.key = key
            self.owes = owes
            self.held = held
            self.parent = parent
        }
    }

    struct Name: Hashable {
        let workspace: WorkspaceID
        let kind: Kind
        let id: String
    }

    struct State {
        /// Noted and not yet in the database.
        var waiting: [Name: Owner] = [:]
        var isWriting = false
    }

    /// Notes that may wait for the database; more than these, and the newest are nobody's.
    static let waitingLimit = 20_000
    let database: any Database
    let clock: any WallClock
    private let logger: Logger
    private let state = Mutex(State())

    package init(database: any Database, clock: any WallClock, logger: Logger) {
        self.database = database
        self.clock = clock
        self.logger = logger
    }

    /// Notes what a node made, and returns when that is stored. Twice is once; ids over 200 bytes, which no provider makes, are not kept.
    package func note(_ id: String, _ kind: Kind, at node: NodeID, by key: KeyID? = nil, in workspace: WorkspaceID) async throws {
        try await note(id, kind, Owner(node: node, key: key), in: workspace)
    }

    /// The same with all that is known of it.
    func note(_ id: String, _ kind: Kind, _ owner: Owner, in workspace: WorkspaceID) async throws {
        guard Self.isKept(id) else { return }
        let (now, name) = (clock.now(), Name(workspace: workspace, kind: kind, id: id))
        try await database.write { try Self.insert([name: owner], at: now, on: $0) }
    }

    /// The same at once and in memory, for what is made many times a second: stored soon after. A process that is killed in between
    /// forgets it, and the object is then nobody's.
    /// - Parameter owes: false after true: it was paid for meanwhile.
    func noteSoon(_ id: String, _ kind: Kind, at node: NodeID, by key: KeyID, in workspace: WorkspaceID, owes: Bool = false) {
        guard Self.isKept(id) else { return }
        let mustWrite = state.withLock { state in
            guard state.waiting.count < Self.waitingLimit else { return false }
            state.waiting[Name(workspace: workspace, kind: kind, id: id)] = Owner(node: node, key: key, owes: owes)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustWrite { Task { await writeWaiting() } }
    }

    /// Stores what waits, until nothing does.
    private func writeWaiting() async {
        while let notes = takeBatch() {
            do {
                try await database.write { [now = clock.now()] in try Self.insert(notes, at: now, on: $0) }
                // What was noted anew meanwhile is written once more.
                state.withLock { state in for (name, owner) in notes where state.waiting[name] == owner { state.waiting[name] = nil } }
            } catch {
                logger.error("who owns an answer could not be written; tried again with the next one", metadata: ["error": "\(error)"])
                return state.withLock { $0.isWriting = false }
            }
        }
    }

    private func takeBatch() -> [Name: Owner]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            return Dictionary(uniqueKeysWithValues: state.waiting.prefix(500).map { ($0.key, $0.value) })
        }
    }

    /// The last words before the process ends.
    func flush() async { await writeWaiting() }

    private func waiting(_ name: Name) -> Owner? {
        state.withLock { $0.waiting[name] }
    }

    private static func isKept(_ id: String) -> Bool { (1...200).contains(id.utf8.count) }
}

// What is asked.
extension ResourceOwners {
    /// Nil when it is not this workspace's.
    package func owner(of id: String, _ kind: Kind, in workspace: WorkspaceID) async throws -> Owner? {
        if let owner = waiting(Name(workspace: workspace, kind: kind, id: id)) { return owner }
        return try await database.read { try Self.owner(of: id, kind, in: workspace, on: $0) }
    }

    /// The node that has it; nil when it is not this workspace's.
    package func node(of id: String, _ kind: Kind, in workspace: WorkspaceID) async throws -> NodeID? {
        try await owner(of: id, kind, in: workspace)?.node
    }

    /// The node that keeps these objects of any kind; nil when one of them is not this workspace's. Where they are at several, any of these.
    func node(ofAll ids: Set<String>, in workspace: WorkspaceID) async throws -> NodeID? {
        let waiting = state.withLock { state in
            state.waiting.filter { $0.key.workspace == workspace && ids.contains($0.key.id) }.map { ($0.key.id, $0.value.node) }
        }
        let known = Dictionary(waiting, uniquingKeysWith: { first, _ in first })
        return try await database.read { connection in
            var node: NodeID?
            for id in ids {
                guard let found = try known[id] ?? Self.node(ofAny: id, in: workspace, on: connection) else { return nil }
                node = found
            }
            return node
        }
    }

    /// The node that has this workspace's newest one: where lists are asked for.
    func latestNode(_ kind: Kind, in workspace: WorkspaceID) async throws -> NodeID? {
        let waiting = state.withLock { $0.waiting.first { $0.key.workspace == workspace && $0.key.kind == kind }?.value.node }
        if let waiting { return waiting }
        return try await database.read { connection in
            try connection.row(
                "SELECT node_id FROM owned_object WHERE workspace_id = ? AND kind = ? ORDER BY created_at DESC, id DESC LIMIT 1",
                workspace, kind.name
            )?.get(0)
        }
    }

    /// Those of `ids` that are the workspace's.
    func owned(_ ids: [String], _ kind: Kind, in workspace: WorkspaceID) async throws -> Set<String> {
        let known = state.withLock { state in
            Set(ids.filter { state.waiting[Name(workspace: workspace, kind: kind, id: $0)] != nil })
        }
        return try await database.read { connection in
            try ids.reduce(into: known) { owned, id in
                if try Self.owner(of: id, kind, in: workspace, on: connection) != nil { owned.insert(id) }
            }
        }
    }

    /// Forgets what was deleted.
    package func forget(_ id: String, _ kind: Kind, in workspace: WorkspaceID) async throws {
        state.withLock { $0.waiting[Name(workspace: workspace, kind: kind, id: id)] = nil }
        try await database.write { connection in
            try connection.execute("DELETE FROM owned_object WHERE workspace_id = ? AND kind = ? AND id = ?", workspace, kind.name, id)
        }
    }

    /// Forgets what providers have forgotten too: they keep answers for 30 days. At most `limit` of each kind.
    /// - Returns: how many.
    func forgetOld(limit: Int = 500) async throws -> Int {
        let before = clock.now() - .seconds(40 * 86_400)
        return try await database.write { connection in
            try [Kind.response, .completion, .container].reduce(0) { count, kind in
                let old = try connection.rows(
                    "SELECT workspace_id, kind, id FROM owned_object WHERE kind = ? AND created_at < ? LIMIT ?", kind.name, before, limit)
                for row in old {
                    try connection.execute("DELETE FROM owned_object WHERE workspace_id = ? AND kind = ? AND id = ?", row.values)
                }
                return count + old.count
            }
        }
    }

    private static func insert(_ notes: [Name: Owner], at now: Timestamp, on connection: any SQLConnection) throws {
        for (name, owner) in notes {
            if let known = try self.owner(of: name.id, name.kind, in: name.workspace, on: connection) {
                if known.owes, !owner.owes { _ = try takeDebt(of: name.id, name.kind, in: name.workspace, on: connection) }
                if known.parent == nil, let parent = owner.parent { try note(parent, of: name, on: connection) }
                continue
            }
            // A node that was removed meanwhile keeps nothing for anybody.
            guard try connection.row("SELECT 1 FROM node WHERE id = ?", owner.node) != nil else { continue }
            try connection.execute(
                """
                INSERT INTO owned_object (workspace_id, kind, id, node_id, key_id, created_at, owes, held, parent)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, name.workspace, name.kind.name, name.id, owner.node, owner.key, now, owner.owes, owner.held, owner.parent)
        }
    }

    private static func owner(of id: String, _ kind: Kind, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> Owner? {
        try connection.row(
            "SELECT node_id, key_id, owes, held, parent FROM owned_object WHERE workspace_id = ? AND kind = ? AND id = ?", workspace,
            kind.name, id
        ).map { Owner(node: try $0.get(0), key: try $0.get(1), owes: try $0.get(2), held: try $0.get(3), parent: try $0.get(4)) }
    }

    private static func note(_ parent: String, of name: Name, on connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE owned_object SET parent = ? WHERE workspace_id = ? AND kind = ? AND id = ?", parent, name.workspace, name.kind.name,
            name.id)
    }

    private static func node(ofAny id: String, in workspace: WorkspaceID, on connection: any SQLConnection) throws -> NodeID? {
        try connection.row("SELECT node_id FROM owned_object WHERE id = ? AND workspace_id = ? LIMIT 1", id, workspace)?.get(0)
    }
}
