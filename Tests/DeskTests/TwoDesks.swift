import Bus
@testable import Desk
import DeskProtocol
import Logging
import Storage
import TestSupport
import Vocabulary

/// The small world served by two instances, north and south, over one database: each with a writer of its own, where the engine lets several
/// write.
struct TwoDesks {
    let world: DeskWorld
    let northBus: FickleBus
    let southBus: FickleBus
    let north: DeskRoom
    let south: DeskRoom

    init(looksEvery: Duration = .seconds(3_600)) async throws {
        world = try await DeskWorld()
        let line = FickleBus.Line()
        (northBus, southBus) = (line.join(), line.join())
        let open = { [world] (bus: FickleBus, database: HeldDatabase) in
            DeskRoom(
                database: database, bus: bus, clock: world.clock, directory: world.directory, epoch: "epoch",
                sharing: DeskSharing(instance: .make(at: world.clock.now()), looksEvery: looksEvery), isOnDuty: { false })
        }
        north = open(northBus, world.database)
        south = open(southBus, HeldDatabase(try await world.storage.another(), beside: world.database))
    }

    /// Runs `body` while both deliver and listen; presence moves only by `noticePresence`.
    func living(_ body: @Sendable () async throws -> Void) async throws {
        let subscriptions = [north, south].map { desk in desk.bus.listen { desk.hear($0, isOwn: $1) } }
        try await withThrowingTaskGroup { group in
            for desk in [north, south] { group.addTask { await desk.delivery.run() } }
            try await body()
            group.cancelAll()
        }
        withExtendedLifetime(subscriptions) {}
    }

    struct Connection: Sendable {
        let live: LiveSession
        let outlet: RecordingOutlet
    }

    /// A connection to one of the two.
    func connect(
        _ principal: Principal, to desk: DeskRoom, _ cursors: Cursors = Cursors(), key: String? = nil
    ) async throws -> Connection {
        let outlet = RecordingOutlet()
        let live = LiveSession(
            principal, connection: ULID.make(at: world.clock.now()).description, shopKey: key, desk: desk, outlet: outlet)
        try await live.begin(cursors)
        return Connection(live: live, outlet: outlet)
    }

    @discardableResult
    func post(
        _ act: Act, by principal: Principal, at desk: DeskRoom, in conversation: ConversationID? = nil
    ) async throws -> Acknowledgement {
        let send = Send(conversation: conversation, clientID: ULID.make(at: world.clock.now()), basedOn: nil, act: act)
        return try await desk.conversations.post(send, by: principal)
    }

    /// Ada writes at `desk`, and everything that was told before it has reached `outlet`.
    func mark(_ text: String, at desk: DeskRoom, in conversation: ConversationID, seenBy outlet: RecordingOutlet) async throws {
        try await post(.text(text), by: .member(world.ada), at: desk, in: conversation)
        await outlet.hear { $0.contains("\"text\":\"\(text)\"}}") }
    }
}

extension RecordingOutlet {
    /// Returns when a frame fits.
    @discardableResult
    func hear(_ fits: @Sendable (String) -> Bool) async -> String {
        var seen = 0
        while true {
            let frames = await frames(atLeast: seen + 1)
            if let frame = frames.dropFirst(seen).first(where: fits) { return frame }
            seen = frames.count
        }
    }

    /// How many frames hold all of `parts`.
    func count(_ parts: String...) -> Int {
        frames.count { frame in parts.allSatisfy { frame.contains($0) } }
    }

    /// The numbers of the events that came about `conversation`, in the order of their coming.
    func eventNumbers() -> [Int] {
        frames.filter { $0.hasPrefix(#"{"type":"events""#) }.flatMap { $0.numbers(after: #"{"seq":"#) }
    }

    /// The feed's numbers, in the order of their coming.
    func feedNumbers() -> [Int] {
        frames.filter { $0.hasPrefix(#"{"type":"feed""#) }.flatMap { $0.numbers(after: #"{"seq":"#) }
    }
}

extension String {
    fileprivate func numbers(after mark: String) -> [Int] {
        split(separator: mark, omittingEmptySubsequences: false).dropFirst().compactMap { Int($0.prefix { $0.isNumber }) }
    }
}
