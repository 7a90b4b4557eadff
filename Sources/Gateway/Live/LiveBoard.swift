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
        /// The last second that the viewers were told of.
        var told: Timestamp?
        var changesThisSecond = 0
        /// Running requests whose change was one too many for its second.
        var late: Set<ULID> = []
    }

    private struct State {
        var rooms: [WorkspaceID: Room] = [:]
        var lastViewer = 0
        /// Beside the rooms, which go when it is quiet.
        var firstBytes: [NodeID: FirstBytes] = [:]
    }

    /// `opened` and `closed` frames a second; the rest is told as a number.
    private static let eventsPerSecond = 50
    /// `changed` frames a second; the rest waits for the next one, as far as the requests still run then.
    private static let changesPerSecond = 50
    private let state = Mutex(State())
    private let clock: any WallClock
    package let figures = GatewayFigures()
    /// The second from which on everything was counted.
    private let started: Timestamp

    package init(clock: any WallClock) {
        self.clock = clock
        started = clock.now().floored(to: 1_000)
    }

    func opened(_ request: LiveRequest) {
        let letters = state.withLock { Self.open(request, in: &$0.rooms[request.workspace, default: Room()]) }
        for letter in letters { letter.send() }
    }

    private static func open(_ request: LiveRequest, in room: inout Room) -> [Letter] {
        room.open[request.id] = request
        return room.viewers.isEmpty ? [] : letters(.opened(request), to: &room)
    }

    /// Its node was chosen, or is another one now.
    func changed(_ request: LiveRequest) {
        let letters = state.withLock { state -> [Letter] in
            guard state.rooms.index(forKey: request.workspace) != nil else { return [] }
            return Self.change(request, in: &state.rooms[request.workspace, default: Room()])
        }
        for letter in letters { letter.send() }
    }

    func closed(_ request: LiveRequest) {
        figures.closed(request)
        let second = secondOfNow()
        let letters = state.withLock { state in
            Self.noteFirstByte(of: request, in: &state.firstBytes)
            return Self.close(request, at: second, in: &state.rooms[request.workspace, default: Room()])
        }
        for letter in letters { letter.send() }
    }

    private static func close(_ request: LiveRequest, at second: Timestamp, in room: inout Room) -> [Letter] {
        room.open[request.id] = nil
        if !room.late.isEmpty { room.late.remove(request.id) }
        turn(&room, to: second)
        room.now?.count(request)
        return room.viewers.isEmpty ? [] : letters(.closed(request), to: &room)
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
                letters += Self.lettersOfSecond(to: &room) + Self.lateLetters(to: &room)
                if !room.open.isEmpty || !room.viewers.isEmpty || room.past.contains(where: { $0.requests > 0 }) {
                    state.rooms[workspace] = room
                }
            }
            return letters
        }
        for letter in letters { letter.send() }
    }

    /// What a new viewer is shown.
    package struct View: Sendable {
        /// What runs now, newest first.
        package let open: [LiveRequest]
        /// The seconds of the past that are known, without holes, at most `seconds` of them.
        package let past: [LiveSecond]
        /// From when on everything was counted.
        package let since: Timestamp
        /// What happens from now on.
        package let events: AsyncStream<LiveEvent>
    }

    /// What a workspace's viewer sees from now on.
    package func view(of workspace: WorkspaceID) -> View {
        let (stream, continuation) = AsyncStream.makeStream(of: LiveEvent.self, bufferingPolicy: .bufferingOldest(Self.backlog))
        let second = secondOfNow()
        let (viewer, open, past) = state.withLock { state in
            state.lastViewer += 1
            var room = state.rooms.removeValue(forKey: workspace) ?? Room()
            Self.turn(&room, to: second)
            room.viewers[state.lastViewer] = continuation
            room.told = room.told ?? second - .seconds(1)
            state.rooms[workspace] = room
            return (
                state.lastViewer, room.open.values.sorted { $0.id > $1.id },
                quiet(until: room.past.first?.at ?? second, before: second) + room.past
            )
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.rooms[workspace]?.viewers.removeValue(forKey: viewer) }
        }
        return View(open: open, past: past, since: started, events: stream)
    }

    /// The seconds before `first` in which nothing happened: this board was there, and nobody came.
    private func quiet(until first: Timestamp, before now: Timestamp) -> [LiveSecond] {
        let begin = max(started, now - .seconds(Self.seconds))
        let count = (first.milliseconds - begin.milliseconds) / 1_000
        guard count > 0 else { return [] }
        return (0..<count).map { LiveSecond(at: begin + .seconds($0)) }
    }

    /// How long the running second still lasts, at most a second.
    var restOfSecond: Duration { .milliseconds(1_000 - clock.now().milliseconds % 1_000) }

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
        room.changesThisSecond = 0
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

    private static func change(_ request: LiveRequest, in room: inout Room) -> [Letter] {
        room.open[request.id] = request
        guard !room.viewers.isEmpty else { return [] }
        guard room.changesThisSecond < changesPerSecond else {
            room.late.insert(request.id)
            return []
        }
        room.changesThisSecond += 1
        return room.viewers.values.map { Letter(viewer: $0, event: .changed(request)) }
    }

    /// The changes that had to wait, as their requests are now.
    private static func lateLetters(to room: inout Room) -> [Letter] {
        guard !room.viewers.isEmpty else {
            room.late = []
            return []
        }
        var letters: [Letter] = []
        while room.changesThisSecond < changesPerSecond, let id = room.late.popFirst() {
            guard let request = room.open[id] else { continue }
            letters += change(request, in: &room)
        }
        return letters
    }

    /// All seconds that have ended since the last ones were told: a ticker that was late or early leaves none out and tells none twice.
    private static func lettersOfSecond(to room: inout Room) -> [Letter] {
        guard let last = room.past.last else { return [] }
        let told = room.told ?? last.at - .seconds(1)
        guard last.at > told else { return [] }
        room.told = last.at
        guard !room.viewers.isEmpty else { return [] }
        defer { room.skipped = 0 }
        let seconds = room.past.indices.filter { room.past[$0].at > told }.map { event(ofSecond: $0, in: room) }
        let events = room.skipped > 0 ? [.skipped(room.skipped)] + seconds : seconds
        return room.viewers.values.flatMap { viewer in events.map { Letter(viewer: viewer, event: $0) } }
    }

    private static func event(ofSecond index: Int, in room: Room) -> LiveEvent {
        let recent = room.past.prefix(index + 1).suffix(10).flatMap(\.firstBytes).sorted()
        return .second(
            room.past[index], open: room.open.count, firstByteP50: percentile(50, of: recent), firstByteP95: percentile(95, of: recent))
    }

    private static func percentile(_ percent: Int, of sorted: [Int64]) -> Int64? {
        let index = min(sorted.count - 1, sorted.count * percent / 100)
        return sorted.indices.contains(index) ? sorted[index] : nil
    }
}
