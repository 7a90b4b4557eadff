#if MySQL
    import Logging
    import Storage
    import Synchronization

    /// A statement may change a table for hours: what the server does for the connection that asked for it, looked at from another one.
    ///
    /// Whoever waits for it has to tell that from one that stands still, for instance because the server does not answer any more.
    final class StatementWatch: Sendable {
        /// Between two lines of the log about one statement.
        static let pace = Duration.seconds(30)

        private struct State {
            var migration = ""
            var statement = 0
            var effect = ""
            var began = ContinuousClock.now
            var toldAt = ContinuousClock.now
        }

        private let number: UInt
        private let place: [SQLValue]
        private let descriptor: CInt
        private let progress: @Sendable () -> Void
        private let logger: Logger
        private let state = Mutex(State())

        /// - Parameters:
        ///   - link: that is watched.
        ///   - progress: called whenever the server is seen at work.
        init(_ link: MySQLLink, logger: Logger, progress: @escaping @Sendable () -> Void) {
            number = link.number
            descriptor = link.descriptor
            place = Self.place(of: link)
            self.logger = logger
            self.progress = progress
        }

        /// A statement is about to run.
        func begins(_ statement: Int, of migration: String, _ sql: String) {
            state.withLock { state in
                state = State(migration: migration, statement: statement, effect: StatementEffect(sql).text)
            }
        }

        /// Somebody else was seen at work.
        func isAlive() { progress() }

        /// - Parameter link: to the same server; to another one (behind a proxy) nothing can be seen, and nothing is held against it.
        /// - Returns: false when the server does not know the connection any more.
        func look(from link: MySQLLink) throws -> Bool {
            guard Self.place(of: link) == place else {
                progress()
                return true
            }
            let found: Row?
            do {
                found = try row(from: link)
            } catch let fault as MySQLFault where fault.remedy == .none {
                // A server without such a list: likewise.
                progress()
                return true
            }
            guard let found, let command = found.values.first else { return false }
            // Asleep, the statement is over: then it is for us to go on.
            guard command != .text("Sleep") else { return true }
            progress()
            tell(found)
            return true
        }

        private func row(from link: MySQLLink) throws -> Row? {
            let share = link.flavour.isMariaDB ? "progress" : "0"
            let text = "SELECT command, state, \(share) FROM information_schema.processlist WHERE id = ?"
            return try link.rows(text, MySQLArguments([.integer(Int64(number))]), limit: 1).first
        }

        /// Ends the wait for an answer that will never come.
        func cut() {
            logger.error("the database server has forgotten the connection that changes the schema; it is given up")
            MySQLLink.cut(descriptor)
        }

        private func tell(_ row: Row) {
            let now = ContinuousClock.now
            let due: State? = state.withLock { state in
                guard state.statement > 0, now - state.toldAt >= Self.pace else { return nil }
                state.toldAt = now
                return state
            }
            guard let due else { return }
            var facts: Logger.Metadata = [
                "migration": "\(due.migration)", "statement": "\(due.statement)", "what": "\(due.effect)",
                "seconds": "\((now - due.began).components.seconds)",
            ]
            if row.values.count > 1, case .text(let words) = row.values[1], !words.isEmpty { facts["server"] = "\(words)" }
            if row.values.count > 2, case .real(let share) = row.values[2], share > 0 { facts["percent"] = "\(Int(share))" }
            logger.notice("a statement of a migration is under way", metadata: facts)
        }

        /// Which server it is: connections are numbered by each.
        private static func place(of link: MySQLLink) -> [SQLValue] {
            (try? link.rows("SELECT @@hostname, @@port, @@server_id", .none, limit: 1).first?.values) ?? []
        }
    }
#endif
