#if MySQL
    import Dispatch
    import Storage
    import Synchronization

    /// One instance at a time changes the schema.
    ///
    /// Two locks, as neither is enough: GET_LOCK goes with its connection at once, but on a Galera cluster and behind a proxy each server has
    /// its own; the lease is the same for all, but whoever dies with it blocks the others until it runs out.
    final class MigrationTurn: Sendable {
        static let lease = 30_000
        /// Seconds between two looks at what the server does for us; every fourth time the lease is renewed.
        private static let beat = 2
        /// How long to wait for a holder that does not renew its lease.
        private static let patience = Duration.seconds(60)
        /// Looks in a row that find our connection gone before it is cut.
        private static let mostMissed = 4
        /// How long a server that can't be looked at is waited for.
        private static let silence = Duration.seconds(600)

        private let line: MySQLLine
        private let holder: String
        private let watch: StatementWatch
        private let isOver = DispatchSemaphore(value: 0)
        private let isLost = Mutex(false)
        private let isReleased = Mutex(false)

        private init(_ line: MySQLLine, holder: String, watch: StatementWatch) {
            self.line = line
            self.holder = holder
            self.watch = watch
        }

        /// Waits until nobody else has it: as long as whoever has it is alive.
        /// - Parameters:
        ///   - link: the one on which the schema will be changed, and which the lock goes with.
        ///   - watch: of that link; told while we wait for the other's statements too.
        /// - Throws: `MigratorError.locked`.
        static func take(_ link: MySQLLink, line: MySQLLine, holder: String, watch: StatementWatch) throws -> MigrationTurn {
            let turn = MigrationTurn(line, holder: holder, watch: watch)
            var (seen, deadline) = ("", ContinuousClock.now + patience)
            while try !turn.try(link) {
                let lease = try link.rows("SELECT holder, until_at FROM schema_lease WHERE id = 1", .none, limit: 1).first
                if let lease, "\(lease.values)" != seen {
                    (seen, deadline) = ("\(lease.values)", .now + patience)
                    watch.isAlive()
                }
                guard ContinuousClock.now < deadline else {
                    guard case .text(let name)? = lease?.values.first, !name.isEmpty else {
                        throw MigratorError.locked(holder: "another instance")
                    }
                    throw MigratorError.locked(holder: name)
                }
                MySQLLine.pause(milliseconds: 200)
            }
            guard MySQLThread.start(named: "mysql-turn", { turn.keep() }) else {
                throw MigratorError.locked(holder: "nobody; the system has no thread left")
            }
            return turn
        }

        /// - Throws: when the turn was lost on the way: another instance works on the schema.
        func check() throws {
            guard isLost.withLock({ $0 }) else { return }
            throw MigratorError.locked(holder: "another instance")
        }

        func release(_ link: MySQLLink) {
            isReleased.withLock { $0 = true }
            isOver.signal()
            _ = try? link.run(
                "UPDATE schema_lease SET holder = '', until_at = 0 WHERE id = 1 AND holder = ?", MySQLArguments([.text(holder)]))
            _ = try? link.value("SELECT RELEASE_LOCK(\(Self.name))")
        }

        private static let name = "concat('switchboard.', left(sha2(database(), 256), 32))"

        private func `try`(_ link: MySQLLink) throws -> Bool {
            guard case .integer(1)? = try link.value("SELECT GET_LOCK(\(Self.name), 0)") else { return false }
            if try claim(link) { return true }
            _ = try link.value("SELECT RELEASE_LOCK(\(Self.name))")
            return false
        }

        private func claim(_ link: MySQLLink) throws -> Bool {
            let now = MySQLBooks.now
            return try link.run(
                """
                UPDATE schema_lease SET holder = ?, until_at = \(now) + \(Self.lease)
                    WHERE id = 1 AND (holder = ? OR until_at < \(now))
                """, MySQLArguments([.text(holder), .text(holder)])) == 1
        }

        /// Renews the lease on a connection of its own while the schema's is busy, and looks what the server does there.
        private func keep() {
            var link: MySQLLink?
            var (beats, missed, seen) = (0, 0, ContinuousClock.now)
            while isOver.wait(timeout: .now() + .seconds(Self.beat)) == .timedOut {
                beats += 1
                do {
                    let ready = try link ?? line.connect(.schema, until: .now + .seconds(5))
                    link = ready
                    // First: on a Galera cluster the claim waits behind the statement itself.
                    missed = try watch.look(from: ready) ? 0 : missed + 1
                    seen = .now
                    if missed == Self.mostMissed { cut() }
                    if beats.isMultiple(of: 4), try !claim(ready) { isLost.withLock { $0 = true } }
                } catch {
                    link = nil
                    guard ContinuousClock.now - seen >= Self.silence else { continue }
                    seen = .now
                    cut()
                }
            }
        }

        /// Not the socket of somebody who got its number behind us.
        private func cut() {
            isReleased.withLock { isReleased in
                if !isReleased { watch.cut() }
            }
        }
    }
#endif
