import Bus
import Logging
import NIOCore
import NIOPosix
import RedisBus
import RedisProtocol
import TestSupport
import Vocabulary

/// One instance on a bus, and all that it hears.
final class RunningBus: Sendable {
    struct Heard: Sendable {
        var own: [Bell] = []
        var foreign: [Bell] = []
        /// As it was when we were last told to look again.
        var isUp = false

        /// Hints of others, without the bus's own.
        var hints: [Bell] { foreign.filter { $0 != .lookAgain } }
        var looks: Int { foreign.count { $0 == .lookAgain } }
    }

    let bus: RedisBus
    let heard = Ear(Heard())
    private let subscription: BusSubscription
    private let running: Task<Void, any Error>

    init(_ configuration: RedisConfiguration, house: String = "lantern", pace: RedisPace, before: (RedisBus) -> Void = { _ in }) {
        let bus = RedisBus(
            configuration, house: house, instance: InstanceID.make(at: SystemClock().now()), pace: pace,
            on: MultiThreadedEventLoopGroup.singleton, logger: .silent)
        self.bus = bus
        let heard = heard
        subscription = bus.listen { [weak bus] bell, isOwn in
            heard.change { heard in
                if isOwn { heard.own.append(bell) } else { heard.foreign.append(bell) }
                if bell == .lookAgain { heard.isUp = bus?.state.isUp ?? false }
            }
        }
        before(bus)
        running = Task { try await bus.run() }
    }

    deinit { running.cancel() }

    /// Hints get through, both ways.
    func untilUp() async throws { try await heard.wait(.seconds(20)) { $0.isUp } }
    func untilDown() async throws { try await heard.wait(.seconds(20)) { !$0.isUp } }

    /// In good order.
    func stop() async {
        running.cancel()
        _ = await running.result
    }
}

/// A server, and instances on it.
struct RedisWorld {
    let server: RedisServer

    init(_ options: [String] = []) async throws {
        server = try await RedisServer(options)
    }

    /// Quick to notice, patient enough for a busy machine.
    static var pace: RedisPace {
        var pace = RedisPace()
        pace.beat = .milliseconds(100)
        pace.patience = .seconds(4)
        pace.firstPause = .milliseconds(20)
        pace.longestPause = .milliseconds(200)
        return pace
    }

    var configuration: RedisConfiguration {
        var configuration = RedisConfiguration(host: "127.0.0.1", port: server.port)
        configuration.commandTimeout = .seconds(5)
        return configuration
    }

    func start(house: String = "lantern", pace: RedisPace = pace, change: (inout RedisConfiguration) -> Void = { _ in }) -> RunningBus {
        var configuration = configuration
        change(&configuration)
        return RunningBus(configuration, house: house, pace: pace)
    }

    /// Two that hear each other.
    func pair() async throws -> (RunningBus, RunningBus) {
        let (north, south) = (start(), start())
        try await north.untilUp()
        try await south.untilUp()
        return (north, south)
    }

    /// An operator's line to the server.
    func line() async throws -> RedisConnection {
        try await RedisConnection.connect(configuration, on: MultiThreadedEventLoopGroup.singleton)
    }
}

enum Sample {
    static func id<Subject>(_ number: Int64) -> Identifier<Subject> {
        Identifier(ULID(time: Timestamp(milliseconds: number), randomness: (7, UInt64(number))))
    }

    static func moved(_ number: Int64) -> Bell { .feedMoved(id(1), number) }
}
