import Logging
package import Routing
import Synchronization
package import Vocabulary

/// What runs now and how much ran in each of the last 60 seconds, for the live view. Nothing of it is kept.
///
/// Called for every request from the event loops: a dictionary entry in and out, and counters. Events are made only when somebody looks.
package final class LiveBoard: Sendable {
    /// Seconds of the past that a new viewer gets.
    package static let seconds = 60
    /// Events that a viewer who doesn't read may have waiting; later ones are counted and left out.
    private static let backlog = 256

    struct Room {
        var open: [ULID: LiveRequest] = [:]
        var past: [LiveSecond] = []
        var now: LiveSecond?
        var viewers: [Int: AsyncStream<LiveEvent>.Continuation] = [:]
        var sentThisSecond = 0
        var skipped = 0
    }

    private struct State {
        var rooms: [WorkspaceID: Room] = [:]
        var lastViewer = 0
        /// Beside the rooms, which go when it is quiet.
        var firstBytes: [NodeID: FirstBytes] = [:]
    }

    /// `opened` and `closed` frames a second; the rest is told as a number.
    private static let eventsPerSecond = 50
    private let state = Mutex(State())
    private let clock: any WallClock

    package init(clock: any WallClock) {
        self.clock = clock
    }

    func opened(_ request: LiveRequest) {
        let letters = state.withLock { state in
            state.rooms[request.workspace, default: Room()].open[request.id] = request
            return Self.letters(.opened(request), to: &state.rooms[request.workspace, default: Room()])
        }
        for letter in letters { letter.send() }
    }

    /// The node changed, or a first byte came. Viewers see it with the end.
    func changed(_ request: LiveRequest) {
        state.withLock { $0.rooms[request.workspace]?.open[request.id] = request }
    }

    func closed(_ request: LiveRequest) {
        let second = secondOfNow()
        let letters = state.withLock { state in
            var room = state.rooms.removeValue(forKey: request.workspace) ?? Room()
            room.open[request.id] = nil
            Self.turn(&room, to: second)
            room.now?.count(request)
            Self.noteFirstByte(of: request, in: &state.firstBytes)
            let letters = Self.letters(.closed(request), to: &room)
            state.rooms[request.workspace] = room
            return letters
        }
        for letter in letters { letter.send() }
    }

    /// A node's state or configuration changed.
    package func nodeChanged(_ node: NodeID, in workspace: WorkspaceID) {
        let viewers = state.withLock { $0.rooms[workspace].map { Array($0.viewers.values) } ?? [] }
        for viewer in viewers { viewer.yield(.node(node)) }
    }

    /// Once a second, by `LiveTicker`.
    func tick() {
        let second = secondOfNow()
        let letters = state.withLock { state in
            var letters: [Letter] = []
            for workspace in state.rooms.keys {
                guard var room = state.rooms.removeValue(forKey: workspace) else { continue }
                Self.turn(&room, to: second)
                letters += Self.lettersOfSecond(to: &room)
                if !room.open.isEmpty || !room.viewers.isEmpty || room.past.contains(where: { $0.requests > 0 }) {
                    state.rooms[workspace] = room
                }
            }
            return letters
        }
        for letter in letters { letter.send() }
    }

    /// What runs now, newest first, the seconds of the past, and what happens from now on.
    package func view(of workspace: WorkspaceID) -> (open: [LiveRequest], past: [LiveSecond], events: AsyncStream<LiveEvent>) {
        let (stream, continuation) = AsyncStream.makeStream(of: LiveEvent.self, bufferingPolicy: .bufferingOldest(Self.backlog))
        let second = secondOfNow()
        let (viewer, open, past) = state.withLock { state in
            state.lastViewer += 1
            var room = state.rooms.removeValue(forKey: workspace) ?? Room()
            Self.turn(&room, to: second)
            room.viewers[state.lastViewer] = continuation
            state.rooms[workspace] = room
            return (state.lastViewer, room.open.values.sorted { $0.id > $1.id }, room.past)
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.rooms[workspace]?.viewers.removeValue(forKey: viewer) }
        }
        return (open, past, stream)
    }

    func firstBytes(of node: NodeID) -> FirstBytes? {
        state.withLock { $0.firstBytes[node] }
    }

    private static func noteFirstByte(of request: LiveRequest, in times: inout [NodeID: FirstBytes]) {
        guard let node = request.node, let milliseconds = request.firstByteMilliseconds, request.status == .completed else { return }
        if times.count > 10_000 { times = [:] }
        times[node, default: FirstBytes()].note(milliseconds, at: request.at)
    }

    /// How many requests run, over all workspaces.
    package var openRequests: Int {
        state.withLock { $0.rooms.values.reduce(0) { $0 + $1.open.count } }
    }

    private func secondOfNow() -> Timestamp {
        let now = clock.now().milliseconds
        return Timestamp(milliseconds: now - now % 1_000)
    }

    /// Closes the seconds before `second`; empty ones in between are shown as what they are.
    private static func turn(_ room: inout Room, to second: Timestamp) {
        guard let now = room.now else {
            room.now = LiveSecond(at: second)
            return
        }
        guard now.at < second else { return }
        room.past.append(now)
        var at = now.at + .seconds(1)
        if second.milliseconds - at.milliseconds > Int64(seconds) * 1_000 { at = second - .seconds(Double(seconds)) }
        while at < second {
            room.past.append(LiveSecond(at: at))
            at = at + .seconds(1)
        }
        if room.past.count > seconds { room.past.removeFirst(room.past.count - seconds) }
        room.now = LiveSecond(at: second)
        room.sentThisSecond = 0
    }

    /// What is to be sent once the lock is given back. Threat: sending resumes the viewer's task, which takes that task's own lock; a task
    /// that is being cancelled holds it while `onTermination` waits for ours. Sent under our lock, the two stop each other for ever, and with
    /// them every thread that comes after.
    private struct Letter {
        let viewer: AsyncStream<LiveEvent>.Continuation
        let event: LiveEvent

        func send() { viewer.yield(event) }
    }

    private static func letters(_ event: LiveEvent, to room: inout Room) -> [Letter] {
        guard !room.viewers.isEmpty else { return [] }
        guard room.sentThisSecond < eventsPerSecond else {
            room.skipped += 1
            return []
        }
        room.sentThisSecond += 1
        return room.viewers.values.map { Letter(viewer: $0, event: event) }
    }

    private static func lettersOfSecond(to room: inout Room) -> [Letter] {
        guard !room.viewers.isEmpty, let last = room.past.last else { return [] }
        let recent = room.past.suffix(10).flatMap(\.firstBytes).sorted()
        let event = LiveEvent.second(
            last, open: room.open.count, firstByteP50: percentile(50, of: recent), firstByteP95: percentile(95, of: recent))
        defer { room.skipped = 0 }
        let events = room.skipped > 0 ? [.skipped(room.skipped), event] : [event]
        return room.viewers.values.flatMap { viewer in events.map { Letter(viewer: viewer, event: $0) } }
    }

    private static func percentile(_ percent: Int, of sorted: [Int64]) -> Int64? {
        let index = min(sorted.count - 1, sorted.count * percent / 100)
        return sorted.indices.contains(index) ? sorted[index] : nil
    }
}
