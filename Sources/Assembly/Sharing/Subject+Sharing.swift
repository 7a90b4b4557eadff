package import Doctor
import Fleet
import FoundationEssentials
import Logging
import NIOPosix
package import Settings
import Storage
import Vocabulary

#if Redis
    import RedisProtocol
#endif

extension Subject {
    /// Asks what several instances share, where they do: before the checks, which may block but not wait for tasks.
    package mutating func lookAtShared(_ settings: Settings) async {
        guard let server = settings.databaseServer else { return }
        let redis = settings[HouseSettings.redisURL]
        async let greeting = Self.answer { try await Self.greeting(of: redis) }
        let found = await Self.answer { try await Self.look(at: server) }
        let greeted = await greeting
        sharing?.look = { try found.get().answer }
        sharing?.lookAtRedis = { try greeted.get() }
        sharing?.hints = redis == nil ? nil : RunningInstances.link(directory: settings[HouseSettings.dataDirectory])?.hints
        upstreams = { try found.get().upstreams }
        search = { try found.get().search }
    }

    private static func answer<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    private struct Look: Sendable {
        let answer: Sharing.Answer
        let upstreams: [Upstream]
        let search: Search?
    }

    /// On a connection of its own: a house would migrate, and join the fleet.
    private static func look(at server: ServerAddress) async throws -> Look {
        let quiet = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        let database = try await HouseGround.open(server, isQuick: true, logger: quiet)
        do {
            let engine = database.engine
            let look = try await database.read { connection in
                let answer = try Sharing.Answer(engine, on: connection)
                return Look(answer: answer, upstreams: (try? upstreams(on: connection)) ?? [], search: search(on: connection))
            }
            try? await database.close()
            return look
        } catch {
            try? await database.close()
            throw error
        }
    }

    private static func greeting(of server: ServerAddress?) async throws -> String {
        guard let server else { return "" }
        #if Redis
            var configuration = RedisConfiguration(server)
            configuration.name = "switchboard-doctor"
            let connection = try await RedisConnection.connect(configuration, on: MultiThreadedEventLoopGroup.singleton)
            let greeting = connection.server
            await connection.close()
            return "\(greeting.server) \(greeting.version)"
        #else
            throw SharingError.missingFeatures([.redis])
        #endif
    }
}

extension Subject.Sharing {
    /// What the settings say; nil where the database is a file.
    init?(_ settings: Settings) {
        guard let server = settings.databaseServer else { return nil }
        let redis = settings[HouseSettings.redisURL]
        let key = settings[HouseSettings.dataDirectory] + "/house.key"
        self.init(
            server: "\(server)", isNear: ServerAddress.isLoopback(server.host), tls: server.tls.rawValue, redis: redis.map { "\($0)" },
            missingFeatures: HouseFeature.missing(for: settings).map(\.rawValue),
            hasHouseKey: settings[HouseSettings.houseKey]?.reveal().isEmpty == false || FileManager.default.fileExists(atPath: key),
            look: { throw NotAsked() }, lookAtRedis: { throw NotAsked() })
    }

    private struct NotAsked: Error, CustomStringConvertible {
        let description = "it was not asked"
    }
}

extension Subject.Sharing.Answer {
    private static let wanted = [
        "character_set_database", "innodb_flush_log_at_trx_commit", "innodb_ft_max_token_size", "innodb_ft_min_token_size",
        "innodb_read_only", "log_bin", "max_allowed_packet", "read_only", "super_read_only", "sync_binlog",
    ]

    fileprivate init(_ engine: DatabaseEngine, on connection: any SQLConnection) throws {
        let before = SystemClock().now()
        // As text, because engines give a number with a fraction as what they like.
        let clock = try connection.row("SELECT CAST(ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS CHAR)", [])?.get(0, as: String.self)
        let after = SystemClock().now()
        let theirs = clock.flatMap { Int64($0.prefix { $0 != "." }) } ?? after.milliseconds
        // Between the question and its answer nobody knows.
        let ahead = theirs > after.milliseconds ? theirs - after.milliseconds : min(0, theirs - before.milliseconds)
        let names = Self.wanted.map { "'\($0)'" }.joined(separator: ", ")
        let found = try connection.rows("SHOW VARIABLES WHERE Variable_name IN (\(names))", []).map { row in
            (try row.get(0, as: String.self).lowercased(), try row.get(1, as: String.self))
        }
        let instances = (try? FleetRoom.instances(on: connection)) ?? []
        self.init(
            engine: engine.name, version: engine.version, variables: Dictionary(found) { first, _ in first }, ahead: .milliseconds(ahead),
            instances: instances.filter { !$0.hasLeft }.map {
                .init(name: $0.name, version: $0.version, startedAt: $0.startedAt, seenAt: $0.seenAt)
            })
    }
}
