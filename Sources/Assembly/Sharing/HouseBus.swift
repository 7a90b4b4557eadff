import Bus
import Fleet
import Logging
import NIOPosix
import ServiceLifecycle
import Settings
import Storage
import Vocabulary

#if Redis
    import RedisBus
    import RedisProtocol
#endif

/// The bus that fits the settings, and what has to run for it.
struct HouseBus: Sendable {
    let bus: any MessageBus
    let services: [any Service]
    /// How hints between instances get through now; nil: nothing carries them.
    let link: (@Sendable () -> HouseLink)?
    /// How often rooms look by themselves for what no hint told them.
    var looksEvery: Duration { link == nil ? .seconds(1) : .seconds(10) }

    /// - Parameter house: what tells this house from others at the same Redis.
    /// - Throws: `SharingError`.
    static func make(
        _ settings: Settings, fleet: FleetRoom, house: String, logger: Logger
    ) throws -> HouseBus {
        guard !fleet.isSingle else { return HouseBus(bus: LocalBus(), services: [], link: nil) }
        guard let server = settings[HouseSettings.redisURL] else {
            logger.warning("REDIS_URL is not set: what other instances do is noticed by looking every second")
            let bus = PollingBus()
            return HouseBus(bus: bus, services: [bus], link: nil)
        }
        #if Redis
            let bus = RedisBus(
                RedisConfiguration(server), house: house, instance: fleet.id, on: MultiThreadedEventLoopGroup.singleton, logger: logger)
            return HouseBus(
                bus: bus, services: [bus, Expectation(fleet: fleet, bus: bus)], link: { HouseLink(bus.state) })
        #else
            throw SharingError.missingFeatures([.redis])
        #endif
    }
}

/// The bus of several instances that nothing joins: whoever keeps something looks at the database again every second.
final class PollingBus: MessageBus, Service, CustomStringConvertible {
    private let listeners = BellListeners()
    private let period: Duration

    init(period: Duration = .seconds(1)) {
        self.period = period
    }

    /// As the log of services names it.
    var description: String { "bus" }

    func ring(_ bell: Bell) { listeners.tell(bell, isOwn: true) }

    func listen(_ listener: @escaping @Sendable (Bell, _ isOwn: Bool) -> Void) -> BusSubscription { listeners.add(listener) }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while (try? await Task.sleep(for: period)) != nil { listeners.tell(.lookAgain, isOwn: false) }
        }
    }
}

#if Redis
    extension RedisConfiguration {
        /// - Parameter server: of `REDIS_URL`.
        init(_ server: ServerAddress) {
            self.init(
                host: server.host, port: server.port, user: server.user.isEmpty ? nil : server.user,
                password: server.password.reveal().isEmpty ? nil : server.password, database: Int(server.database) ?? 0,
                tls: server.tls, authorities: server.authorities)
        }
    }

    extension HouseLink {
        init(_ state: RedisBusState) {
            self.init(
                isUp: state.isUp, since: state.since.rfc3339, sinceMs: state.since.milliseconds, server: state.server,
                lastError: state.lastError,
                reconnects: state.reconnects, sent: state.sent, dropped: state.dropped, heard: state.heard, ignored: state.ignored,
                silent: state.silent.count)
        }
    }

    /// Tells the bus whom it has to hear, as often as the database is asked who lives.
    private struct Expectation: Service {
        let fleet: FleetRoom
        let bus: RedisBus

        func run() async throws {
            await cancelWhenGracefulShutdown {
                repeat { bus.expect(Set(fleet.others.map(\.id))) } while (try? await Task.sleep(for: FleetRoom.beatPeriod)) != nil
            }
        }
    }
#endif
