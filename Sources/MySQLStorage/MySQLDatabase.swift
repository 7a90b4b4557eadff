#if MySQL
    package import Logging
    package import Storage
    import Vocabulary

    /// A database that several instances share: MySQL, MariaDB and what speaks like them.
    ///
    /// Durable means: the server has acknowledged the commit. How safe that is is the server's setting
    /// (`innodb_flush_log_at_trx_commit`, `sync_binlog`), which `doctor` looks at.
    package final class MySQLDatabase: HouseDatabase {
        package let engine: DatabaseEngine
        package let figures: StorageFigures
        let line: MySQLLine
        /// The name of this opening in the table `writer`.
        let instance: String
        private let readers: MySQLReaders
        private let writer: MySQLWriter

        package var place: String { line.configuration.description }
        package var isSingleHouse: Bool { false }
        package var waitingWrites: Int { writer.queue.count }

        init(_ line: MySQLLine, instance: String) throws {
            self.line = line
            self.instance = instance
            figures = line.figures
            engine = line.words.dialect.flavour.engine
            readers = MySQLReaders(line)
            writer = MySQLWriter(line, instance: instance)
            try writer.start()
            try readers.start()
        }

        /// What was accepted is still finished; nobody waits for it.
        deinit {
            guard !writer.queue.isClosed else { return }
            writer.close {}
            readers.close {}
        }

        /// Connects, and makes the engine's own tables where they are missing.
        /// - Parameter patience: how long to wait for a server that isn't up yet.
        /// - Throws: `StorageError.unreachable`, `.cannotOpen` for a server that is too old.
        package static func open(
            _ configuration: MySQLConfiguration, logger: Logger, patience: Duration = .zero
        ) async throws -> MySQLDatabase {
            let figures = StorageFigures(isShared: true)
            let instance = ULID.make(at: SystemClock().now()).description
            let flavour = try await MySQLThread.run {
                try prepare(configuration, until: .now + patience, instance: instance)
            }
            let line = MySQLLine(
                configuration: configuration, words: DialectCache(MySQLDialect(flavour: flavour)), figures: figures, logger: logger)
            logger.info(
                "storage opened", metadata: ["database": "\(configuration)", "engine": "\(flavour.engine)", "instance": "\(instance)"])
            return try MySQLDatabase(line, instance: instance)
        }

        private static func prepare(
            _ configuration: MySQLConfiguration, until deadline: ContinuousClock.Instant, instance: String
        ) throws -> MySQLFlavour {
            while true {
                do {
                    let link = try MySQLLink(configuration, purpose: .schema)
                    guard link.flavour.isNewEnough else {
                        throw StorageError.cannotOpen(
                            path: "\(configuration)", reason: "\(link.flavour.engine) is too old; MariaDB 10.3 or MySQL 8 is needed")
                    }
                    try MySQLBooks.make(link)
                    try MySQLBooks.sign(link, instance: instance, batch: 0)
                    return link.flavour
                } catch let fault as MySQLFault {
                    guard fault.remedy != .none, ContinuousClock.now < deadline else {
                        throw StorageError.unreachable(server: configuration.server, reason: fault.text)
                    }
                    MySQLLine.pause(milliseconds: 200)
                }
            }
        }

        package func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
            try await withCheckedThrowingContinuation { continuation in
                let run: @Sendable (MySQLConnection, Bool) -> MySQLFault? = { connection, mayFail in
                    let result = Result { try body(connection) }
                    if let lost = connection.lost, !mayFail { return lost }
                    // A body that swallowed the loss judged by half of what it asked for.
                    if let lost = connection.lost, case .success = result {
                        continuation.resume(throwing: lost.storageError(server: self.line.server))
                    } else {
                        continuation.resume(with: result)
                    }
                    return nil
                }
                readers.add(
                    ReadJob(deadline: .now + line.configuration.patience, run: run, fail: { continuation.resume(throwing: $0) }))
            }
        }

        package func write<Value: Sendable>(
            _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?
        ) async throws -> Value {
            try await withCheckedThrowingContinuation { writer.add(WriteJob(body, committed: committed, answering: $0)) }
        }

        package func visitWriter(_ errand: @escaping @Sendable () -> Void) {
            guard !writer.queue.isClosed else { return }
            writer.visit(errand)
        }

        /// Takes no more work, finishes what was accepted and leaves the server.
        package func close() async throws {
            guard !writer.queue.isClosed else { return }
            async let writes: Void = withCheckedContinuation { continuation in writer.close { continuation.resume() } }
            async let reads: Void = withCheckedContinuation { continuation in readers.close { continuation.resume() } }
            _ = await (writes, reads)
            line.logger.info("storage closed", metadata: ["database": "\(line.configuration)"])
        }
    }
#endif
