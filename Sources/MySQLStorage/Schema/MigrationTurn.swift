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
        private static let beat = 8

        private let line: MySQLLine
        private let holder: String
        private let isOver = DispatchSemaphore(value: 0)
        private let isLost = Mutex(false)

        private init(_ line: MySQLLine, holder: String) {
            self.line = line
            self.holder = holder
        }

        /// Waits until nobody else has it.
        /// - Parameter link: the one on which the schema will be changed, and which the lock goes with.
        /// - Throws: `MigratorError.locked`.
        static func take(_ link: MySQLLink, line: MySQLLine, holder: String, until deadline: ContinuousClock.Instant) throws
            -> MigrationTurn
        {
            let turn = MigrationTurn(line, holder: holder)
            while true {
                if try turn.try(link) { break }
                guard ContinuousClock.now < deadline else {
                    let other = try link.value("SELECT holder FROM schema_lease WHERE id = 1")
                    guard case .text(let name)? = other, !name.isEmpty else { throw MigratorError.locked(holder: "another instance") }
                    throw MigratorError.locked(holder: name)
                }
                MySQLLine.pause(milliseconds: 200)
            }
            guard OwnThread.start({ turn.keep() }) else { throw MigratorError.locked(holder: "nobody; the system has no thread left") }
            return turn
        }

        /// - Throws: when the turn was lost on the way: another instance works on the schema.
        func check() throws {
            guard isLost.withLock({ $0 }) else { return }
            throw MigratorError.locked(holder: "another instance")
        }

        func release(_ link: MySQLLink) {
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

        /// Renews the lease on a connection of its own while the schema's is busy.
        private func keep() {
            var link: MySQLLink?
            while isOver.wait(timeout: .now() + .seconds(Self.beat)) == .timedOut {
                do {
                    let ready = try link ?? line.connect(.schema, until: .now + .seconds(5))
                    link = ready
                    if try !claim(ready) { isLost.withLock { $0 = true } }
                } catch {
                    link = nil
                }
            }
        }
    }
#endif
