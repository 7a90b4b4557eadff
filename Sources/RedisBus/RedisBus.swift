package import Bus
package import Logging
package import NIOCore
package import RedisProtocol
import ServiceLifecycle
import Synchronization
package import Vocabulary

/// Hints between instances by a channel of Redis or Valkey, on two connections: one that tells, one that listens.
///
/// That hints get through is never assumed. Each instance gives a sign of life every second and must hear its own come back, and those
/// of all others; while one is missing, `lookAgain` is rung every second, and once more when all is well again.
package final class RedisBus: MessageBus, Service, CustomStringConvertible {
    /// This process.
    package let instance: InstanceID
    let configuration: RedisConfiguration
    let channel: String
    let pace: RedisPace
    let group: any EventLoopGroup
    let clock: any WallClock
    let logger: Logger
    let listeners = BellListeners()
    let links: Mutex<RedisLinks>

    /// As the log of services names it.
    package var description: String { "bus" }

    /// - Parameters:
    ///   - house: random, stored in the database: two houses may share a server.
    ///   - instance: this process.
    package init(
        _ configuration: RedisConfiguration, house: String, instance: InstanceID, pace: RedisPace = RedisPace(),
        clock: any WallClock = SystemClock(), on group: any EventLoopGroup, logger: Logger
    ) {
        self.configuration = configuration
        channel = "switchboard:{\(house)}:bells"
        self.instance = instance
        self.pace = pace
        self.group = group
        self.clock = clock
        self.logger = logger
        links = Mutex(RedisLinks(state: RedisBusState(since: clock.now())))
    }

    package var state: RedisBusState { links.withLock { $0.state } }

    package func listen(_ listener: @escaping @Sendable (Bell, _ isOwn: Bool) -> Void) -> BusSubscription {
        listeners.add(listener)
    }

    package func ring(_ bell: Bell) {
        listeners.tell(bell, isOwn: true)
        publish(.bell(bell))
    }

    /// Who lives besides this instance, as the database knows: one that is not heard makes us look again.
    package func expect(_ others: Set<InstanceID>) {
        links.withLock { $0.hearing.expect(others.subtracting([instance]), at: .now) }
    }

    /// Keeps the links until the process ends.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup { tasks in
                tasks.addTask { await self.commands().run() }
                tasks.addTask { await self.subscription().run() }
                tasks.addTask { await self.beat() }
                await tasks.waitForAll()
            }
        }
    }

    /// Sends, or notes that the others must look again.
    func publish(_ content: RedisMessage.Content) {
        guard let text = RedisMessage(content, from: instance).text else { return }
        let isHint = content != .beat && content != .farewell
        let sent = links.withLock { links in
            if isHint && links.commands != nil { links.state.sent += 1 }
            return links.commands?.enqueue(RedisCommand("PUBLISH", channel, text))
        }
        guard isHint else { return }
        guard let sent else { return dropped() }
        sent.whenFailure { [self] _ in dropped() }
    }

    private func dropped() {
        links.withLock { links in
            links.state.dropped += 1
            links.owesLook = true
        }
    }
}
