import BlackBox
import Desk
import NIOCore
import NIOPosix
import ServiceLifecycle
import Storage

/// Beats for everything that must keep going, four times a second, until the house drains: event loops, the pool of tasks, the database's
/// writer and the desk's fan-out. The last of the services, so that it's the first to end.
struct Vitals: Service {
    let eventLoops: any EventLoopGroup
    /// Without data (the stand-in) there is neither writer nor fan-out.
    var database: (any HouseDatabase)?
    var desk: DeskRoom?

    func run() async throws {
        let pulse = Pulse()
        for (number, eventLoop) in eventLoops.makeIterator().enumerated() {
            pulse.watch("loop \(number)") { errand in eventLoop.execute(errand) }
        }
        pulse.watch("tasks") { errand in Task { errand() } }
        if let database { pulse.watch("database writer") { errand in database.visitWriter(errand) } }
        if let desk { pulse.watch("fan-out") { errand in desk.visitFanOut(errand) } }
        pulse.begin()
        try? await gracefulShutdown()
        pulse.end()
    }
}

/// Work of our own in the in-flight table, for as long as `body` runs.
/// - Parameter name: as evidence shows it, at most 32 bytes.
func asChore<Value: Sendable>(_ name: String, _ body: () async throws -> Value) async rethrows -> Value {
    let flight = BlackBox.writer.takeOff(.chore, id: name)
    defer { if let flight { BlackBox.writer.land(flight) } }
    return try await body()
}
