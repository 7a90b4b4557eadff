#if MySQL
    import Dispatch
    import Logging
    import Storage

    /// The way to the server that all connections of a database share: how to make one, and how long to try.
    struct MySQLLine: Sendable {
        let configuration: MySQLConfiguration
        let words: DialectCache
        let figures: StorageFigures
        let logger: Logger

        var server: String { configuration.server }

        /// Tries until `deadline` and at least once.
        /// - Throws: `StorageError.unreachable`, and what can't get better by waiting, as `StorageError.engine`.
        func connect(_ purpose: MySQLPurpose, until deadline: ContinuousClock.Instant) throws -> MySQLLink {
            var pause = 50
            while true {
                do {
                    return try MySQLLink(configuration, purpose: purpose)
                } catch let fault as MySQLFault {
                    guard fault.remedy != .none, ContinuousClock.now < deadline else {
                        throw StorageError.unreachable(server: server, reason: fault.text)
                    }
                    Self.pause(milliseconds: pause)
                    pause = min(pause * 2, 500)
                }
            }
        }

        /// Blocks the thread, which is one of our own.
        static func pause(milliseconds: Int) {
            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(milliseconds))
        }

        func connection(_ link: MySQLLink, changing: SchemaChanging? = nil) -> MySQLConnection {
            MySQLConnection(link, words: words, server: server, changing: changing)
        }
    }
#endif
