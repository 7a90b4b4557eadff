import Bus
import Logging
import ServiceLifecycle
import Storage
import Synchronization
import Vocabulary

/// Keeps in step what this instance has in memory and others change: a bell says at once that there is something, and a look at the marks twice
/// a second finds what no bell has told of.
///
/// A topic is read again inside the order of writes, so that what is read never comes behind what a later commit of this instance has put into
/// memory.
final class SharedState: Service, CustomStringConvertible {
    /// Reads a topic again, and puts into memory what is new of it.
    typealias Reading = @Sendable () async throws -> Void

    /// Between two looks at the marks.
    static let lookPeriod = Duration.milliseconds(500)
    private let database: any Database
    private let readings: [SharedTopic: Reading]
    private let logger: Logger
    private let known: Mutex<[SharedTopic: Int64]>
    private let kicks: AsyncStream<Void>
    private let kick: AsyncStream<Void>.Continuation
    private let listening: Mutex<BusSubscription?>

    /// As the log of services names it.
    var description: String { "gateway.sharing" }

    /// - Parameter known: the marks as they were before anything was read into memory.
    init(
        _ database: any Database, bus: any MessageBus, known: [SharedTopic: Int64], readings: [SharedTopic: Reading], logger: Logger
    ) {
        self.database = database
        self.known = Mutex(known)
        self.readings = readings
        self.logger = logger
        (kicks, kick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listening = Mutex(nil)
        let subscription = bus.listen { [kick] bell, isOwn in
            if !isOwn, !SharedTopic.told(by: bell).isEmpty { kick.yield() }
        }
        listening.withLock { $0 = subscription }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup { group in
                group.addTask { [self] in
                    while (try? await Task.sleep(for: Self.lookPeriod)) != nil { kick.yield() }
                }
                group.addTask { [self] in
                    for await _ in kicks { await look() }
                }
                await group.waitForAll()
            }
        }
    }

    /// Reads again what others have changed since the last look.
    func look() async {
        do {
            let marks = try await database.read { try ChangeMarks.all(on: $0) }
            let before = known.withLock { $0 }
            for topic in SharedTopic.allCases where marks[topic] != before[topic] {
                try await readings[topic]?()
                known.withLock { $0[topic] = marks[topic] }
            }
        } catch {
            logger.warning("what other instances changed could not be read; tried again in half a second", metadata: ["error": "\(error)"])
        }
    }
}
