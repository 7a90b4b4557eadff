import Bus
import DeskProtocol
import Storage
import Synchronization
import Vocabulary

/// What several instances need beside the fan-out: where each workspace stands that somebody here hears of.
final class SharedDelivery: Sendable {
    /// One workspace as it was told here.
    struct Workspace: Sendable {
        var feed: Following<FeedNews>
        var receipts: Following<ReceiptChange>
    }

    /// Something to read, off the fan-out's own turn: a database that is slow must not hold up what needs no read.
    enum Look: Sendable {
        case feed(WorkspaceID, after: Int64, isLater: Bool)
        case receipts(WorkspaceID, after: Int64, isLater: Bool)
        /// Where all workspaces stand.
        case everywhere
        /// Under which of these keys the shop can still be reached.
        case keys(ShopID, Set<String>)
    }

    private struct State {
        var workspaces: [WorkspaceID: Workspace] = [:]
        var isLookingEverywhere = false
        var mustLookAgain = false
    }

    /// Until the next try to read what the database doesn't show yet.
    private static let replicaPause = Duration.milliseconds(50)
    /// After a read that failed.
    private static let failurePause = Duration.milliseconds(500)

    let sharing: DeskSharing
    let bus: any MessageBus
    private let database: any Database
    private let registry: SubscriberRegistry
    private let state = Mutex(State())

    init(_ sharing: DeskSharing, database: any Database, bus: any MessageBus, registry: SubscriberRegistry) {
        self.sharing = sharing
        self.database = database
        self.bus = bus
        self.registry = registry
    }

    /// From now on everything that is written in `workspace` is told here. Whoever hears of it calls this first, when it is registered, and
    /// reads the past afterwards: then nothing lies between the two.
    func follow(_ workspace: WorkspaceID) async throws {
        guard state.withLock({ $0.workspaces[workspace] == nil }) else { return }
        let (feed, receipts) = try await database.read { try FeedStore.tops(of: workspace, on: $0) }
        state.withLock { state in
            guard state.workspaces[workspace] == nil else { return }
            state.workspaces[workspace] = Workspace(feed: Following(after: feed), receipts: Following(after: receipts))
        }
    }

    /// Asks `body` how `workspace` stands; nil when nobody here hears of it, which ends its being followed.
    func with<Answer>(_ workspace: WorkspaceID, _ body: (inout Workspace) -> Answer) -> Answer? {
        state.withLock { state in
            // Taken out, so that what waits in it isn't copied.
            guard var followed = state.workspaces.removeValue(forKey: workspace) else { return nil }
            // Under the lock that `follow` takes: who registers now finds it gone.
            guard !registry.isEmpty(of: workspace) else { return nil }
            defer { state.workspaces[workspace] = followed }
            return body(&followed)
        }
    }

    /// True when nobody looks everywhere yet; otherwise who does looks once more.
    func beginLookingEverywhere() -> Bool {
        state.withLock { state in
            defer { state.isLookingEverywhere = true }
            state.mustLookAgain = state.isLookingEverywhere
            return !state.isLookingEverywhere
        }
    }

    /// True when it is to be done once more.
    func endLookingEverywhere() -> Bool {
        state.withLock { state in
            defer { state.mustLookAgain = false }
            state.isLookingEverywhere = state.mustLookAgain
            return state.mustLookAgain
        }
    }

    // MARK: Reading

    /// Reads until it succeeds; nil when the task was cancelled.
    func read(_ look: Look) async -> Delivery.Note? {
        if look.isLater, await !Self.pause(Self.replicaPause) { return nil }
        while true {
            do {
                return try await readOnce(look)
            } catch {
                guard await Self.pause(Self.failurePause) else { return nil }
            }
        }
    }

    private func readOnce(_ look: Look) async throws -> Delivery.Note {
        switch look {
        case .feed(let workspace, let after, _):
            let found = try await database.read { try ForeignNews.feed(of: workspace, after: after, on: $0) }
            return .foundFeed(workspace, found, after: after)
        case .receipts(let workspace, let after, _):
            let registry = registry
            let found = try await database.read { connection in
                try ForeignNews.receipts(of: workspace, after: after, on: connection) { conversation, customer, by in
                    registry.hears(ofReceiptBy: by, in: conversation, of: customer)
                }
            }
            return .foundReceipts(workspace, found, after: after)
        case .everywhere:
            return .tops(try await database.read { try FeedStore.tops(on: $0) })
        case .keys(let shop, let keys):
            let good = try await database.read { connection in
                try keys.filter { try ShopStore.shop(key: $0, on: connection)?.id == shop }
            }
            return .judgedKeys(shop, refused: keys.subtracting(good))
        }
    }

    private static func pause(_ time: Duration) async -> Bool {
        (try? await Task.sleep(for: time)) != nil
    }
}

extension SharedDelivery.Look {
    fileprivate var isLater: Bool {
        switch self {
        case .feed(_, _, let isLater), .receipts(_, _, let isLater): isLater
        case .everywhere, .keys: false
        }
    }
}
