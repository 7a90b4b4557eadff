import Bus
@testable import Desk
import DeskProtocol
import Logging
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

/// Shop Lantern with Ada (owner) and Bo (agent), shop Anvil with Cy (agent), customer Kim of Lantern, on a real database.
struct DeskWorld {
    let clock = ManualClock()
    let bus = LocalBus()
    let storage: TemporaryDatabase
    let database: HeldDatabase
    let directory: FixedDirectory
    let desk: DeskRoom
    let ada: MemberPrincipal
    let bo: MemberPrincipal
    let cy: MemberPrincipal
    let lantern: Shop
    let anvil: Shop
    let kim: Customer

    init() async throws {
        storage = try await TemporaryDatabase.open(schemas: [Schema.storage, DeskRoom.schema], clock: clock)
        let workspace = WorkspaceID.make(at: clock.now())
        let member = { [clock] (name: String, role: Role) in
            MemberPrincipal(member: .make(at: clock.now()), workspace: workspace, session: .make(at: clock.now()), role: role, name: name)
        }
        ada = member("Ada", .owner)
        bo = member("Bo", .agent)
        cy = member("Cy", .agent)
        directory = FixedDirectory([ada, bo, cy])
        database = HeldDatabase(storage.database)
        // The indexer reads when it likes; tests count reads and hold them up. Those of the search have it work when they say.
        desk = DeskRoom(database: database, bus: bus, clock: clock, directory: directory, epoch: "epoch", isOnDuty: { false })
        lantern = try await desk.shops.make(ShopChange(name: "Lantern"), by: ada)
        anvil = try await desk.shops.make(ShopChange(name: "Anvil"), by: ada)
        try await desk.shops.replaceStaff(of: lantern.id, with: [bo.member], by: ada)
        try await desk.shops.replaceStaff(of: anvil.id, with: [cy.member], by: ada)
        kim = try await desk.customers.make(in: lantern, name: "Kim", email: nil, page: nil, origin: nil).0
    }

    /// Somebody of another workspace, owner there.
    var stranger: MemberPrincipal {
        MemberPrincipal(
            member: .make(at: clock.now()), workspace: .make(at: clock.now()), session: .make(at: clock.now()), role: .owner, name: "Eve")
    }

    @discardableResult
    func post(
        _ act: Act, by principal: Principal, in conversation: ConversationID? = nil, clientID: ULID? = nil, basedOn: Int64? = nil
    ) async throws -> Acknowledgement {
        let send = Send(conversation: conversation, clientID: clientID ?? ULID.make(at: clock.now()), basedOn: basedOn, act: act)
        return try await desk.conversations.post(send, by: principal)
    }

    /// Kim wrote "hi"; the conversation.
    func greeted() async throws -> ConversationID {
        try await post(.text("hi"), by: .customer(kim.principal)).conversation
    }
}

/// Members that are simply known.
final class FixedDirectory: MemberDirectory {
    private let principals: Mutex<[MemberPrincipal]>

    init(_ principals: [MemberPrincipal]) {
        self.principals = Mutex(principals)
    }

    func members(of workspace: WorkspaceID) async throws -> [MemberCard] {
        principals.withLock {
            $0.filter { $0.workspace == workspace }.map { MemberCard(id: $0.member, name: $0.name, role: $0.role, isActive: true) }
        }
    }

    func principal(ofSession session: SessionID) async throws -> MemberPrincipal? {
        principals.withLock { $0.first { $0.session == session } }
    }

    func forget(_ session: SessionID) {
        principals.withLock { $0.removeAll { $0.session == session } }
    }

    func rename(_ session: SessionID, to name: String) {
        principals.withLock { principals in
            principals = principals.map { known in
                guard known.session == session else { return known }
                return MemberPrincipal(
                    member: known.member, workspace: known.workspace, session: known.session, role: known.role, name: name)
            }
        }
    }
}

/// A transport that keeps what it was given, in order.
final class RecordingOutlet: SessionOutlet {
    private struct State {
        var frames: [String] = []
        var closeCode: UInt16?
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let isClosed = Signal()
    private let withPresence: Bool

    /// - Parameter withPresence: false leaves out who comes and goes, which is told when it is noticed: between what a test waits for, or before.
    init(withPresence: Bool = true) { self.withPresence = withPresence }

    var frames: [String] { state.withLock { $0.frames } }
    var closeCode: UInt16? { state.withLock { $0.closeCode } }

    func emit(_ frame: OutgoingFrame) {
        let text = String(decoding: frame.json, as: UTF8.self)
        // Pings come by the clock of the machine: on a busy one they would fall between what a test waits for.
        guard !text.hasPrefix(#"{"type":"ping""#), withPresence || !text.hasPrefix(#"{"type":"presence""#) else { return }
        let due = state.withLock { state in
            state.frames.append(text)
            let due = state.waiting.filter { $0.count <= state.frames.count }
            state.waiting.removeAll { $0.count <= state.frames.count }
            return due
        }
        for waiter in due { waiter.continuation.resume() }
    }

    func close(code: UInt16, reason: String) {
        state.withLock { $0.closeCode = code }
        isClosed.give()
    }

    /// Returns when it was closed.
    func closed() async { await isClosed.wait() }

    /// Returns once at least `count` frames came.
    func frames(atLeast count: Int) async -> [String] {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.frames.count >= count { return true }
                state.waiting.append((count, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
        return frames
    }

    func types() -> [String] {
        frames.compactMap { $0.split(separator: "\"").dropFirst(3).first.map(String.init) }
    }
}
