#if MySQL
    import Dispatch
    import Gauges
    import Logging
    import Storage
    import Synchronization

    /// The thread that carries out all writes of this instance, batch by batch.
    final class MySQLWriter: Sendable {
        static let mostJobs = 512
        /// Tries for a batch that others are in the way of, before it counts as failed.
        static let mostTries = 20

        let queue = WriteQueue()
        private let line: MySQLLine
        private let instance: String
        private let work = DispatchSemaphore(value: 0)
        private let errands = Mutex<[@Sendable () -> Void]>([])
        private let isStopping = Mutex(false)
        private let stopped = Mutex<(@Sendable () -> Void)?>(nil)

        init(_ line: MySQLLine, instance: String) {
            self.line = line
            self.instance = instance
        }

        func start() throws {
            guard !MySQLThread.start(named: "mysql-writer", { [self] in serve() }) else { return }
            throw StorageError.unreachable(server: line.server, reason: "the system has no thread left")
        }

        func add(_ job: WriteJob) {
            do {
                if try queue.add(job) { work.signal() }
            } catch {
                job.fail(error)
            }
        }

        func visit(_ errand: @escaping @Sendable () -> Void) {
            errands.withLock { $0.append(errand) }
            work.signal()
        }

        /// Ends the thread behind what was accepted; `done` is called from it.
        func close(done: @escaping @Sendable () -> Void) {
            queue.close { [self] in
                stopped.withLock { $0 = done }
                isStopping.withLock { $0 = true }
                work.signal()
            }
        }

        /// The writer's own between two rounds.
        private struct Desk {
            var link: MySQLLink?
            var batch: Int64 = 0
        }

        private func serve() {
            var desk = Desk()
            while true {
                work.wait()
                for errand in errands.withLock({ list in
                    defer { list = [] }
                    return list
                }) { errand() }
                let jobs = queue.take(Self.mostJobs)
                if !jobs.isEmpty, queue.roundEnded(leaving: carryOut(jobs, &desk)) { work.signal() }
                if isStopping.withLock({ $0 }), queue.count == 0 { break }
            }
            if let link = desk.link {
                _ = try? link.run("DELETE FROM writer WHERE instance = ?", MySQLArguments([.text(instance)]))
                _ = try? link.run("COMMIT")
            }
            desk.link = nil
            stopped.withLock { $0 }?()
        }

        /// Runs a batch of `jobs` until it is stored or can't be.
        /// - Returns: the jobs that didn't run.
        private func carryOut(_ jobs: ArraySlice<WriteJob>, _ desk: inout Desk) -> ArraySlice<WriteJob> {
            let deadline = ContinuousClock.now + line.configuration.patience
            var (tries, batch, hasSavepoints) = (0, jobs, false)
            while true {
                let began = ContinuousClock.now
                do {
                    let link = try desk.link ?? line.connect(.writing, until: deadline)
                    desk.link = link
                    desk.batch += 1
                    let outcome = MySQLBatch(
                        link: link, line: line, instance: instance, number: desk.batch, hasSavepoints: hasSavepoints
                    ).run(batch)
                    switch outcome {
                    case .entangled: hasSavepoints = true
                    case .stored(let ran):
                        tell(ran, began)
                        return jobs.dropFirst(ran.count)
                    case .unknown(let fault, let ran):
                        drop(fault, &desk)
                        if try isStored(desk.batch, until: deadline + line.configuration.patience, &desk, fault) {
                            tell(ran, began)
                            return jobs.dropFirst(ran.count)
                        }
                        tries += 1
                    case .lost(let fault, let culprit):
                        if fault.remedy == .reconnect { drop(fault, &desk) }
                        tries += 1
                        guard fault.remedy != .none, tries < Self.mostTries, ContinuousClock.now < deadline else {
                            return fail(batch, fault.storageError(server: line.server)) + jobs.dropFirst(batch.count)
                        }
                        // Who takes the transaction down twice has his own: the others needn't go down with him.
                        if let culprit, tries > 1, fault.remedy == .reconnect { batch = batch.prefix(max(1, culprit)) }
                        if tries > 3 { MySQLLine.pause(milliseconds: Int.random(in: 1...20)) }
                    }
                    line.figures.reruns.add()
                } catch {
                    // No connection: nobody should wait for the next try to fail.
                    return fail(jobs, error as? StorageError ?? .engine(code: 2000, message: "\(error)"))
                }
            }
        }

        /// Whether a batch whose commit broke off is stored: its mark says so.
        ///
        /// The row is written, too: a transaction of the old connection that is still on its way to the server, or to another node of a cluster,
        /// can't commit behind it any more.
        /// - Throws: `StorageError.unknownOutcome`.
        private func isStored(
            _ number: Int64, until deadline: ContinuousClock.Instant, _ desk: inout Desk, _ fault: MySQLFault
        ) throws -> Bool {
            while true {
                do {
                    let link = try desk.link ?? line.connect(.writing, until: deadline)
                    desk.link = link
                    let mark = try link.value("SELECT batch FROM writer WHERE instance = ? FOR UPDATE", [.text(instance)])
                    try link.run("UPDATE writer SET fence = fence + 1 WHERE instance = ?", MySQLArguments([.text(instance)]))
                    try link.run("COMMIT")
                    guard case .integer(let stored)? = mark else { throw StorageError.unknownOutcome(reason: fault.text) }
                    return stored >= number
                } catch let again as MySQLFault {
                    if again.remedy == .reconnect { drop(again, &desk) } else { _ = try? desk.link?.run("ROLLBACK") }
                    guard again.remedy != .none, ContinuousClock.now < deadline else {
                        throw StorageError.unknownOutcome(reason: again.text)
                    }
                } catch StorageError.unreachable(_, let reason) {
                    throw StorageError.unknownOutcome(reason: reason)
                }
            }
        }

        private func drop(_ fault: MySQLFault, _ desk: inout Desk) {
            desk.link = nil
            line.figures.lostConnections.add()
            line.logger.warning("the connection to the database was lost", metadata: ["reason": "\(fault.text)"])
        }

        private func tell(_ ran: [MySQLBatch.Ran], _ began: ContinuousClock.Instant) {
            line.figures.committed(writes: ran.count, in: .now - began)
            for case .landed(let write) in ran.map(\.result) { write.notify() }
            for one in ran {
                switch one.result {
                case .landed(let write): write.resume()
                case .failed(let error): one.job.fail(error)
                }
            }
        }

        /// - Returns: nothing that is left to do.
        private func fail(_ jobs: ArraySlice<WriteJob>, _ error: StorageError) -> ArraySlice<WriteJob> {
            line.figures.failed()
            line.logger.error(
                "a batch of writes failed, nothing of it is stored", metadata: ["reason": "\(error)", "code": "\(error.code)"])
            for job in jobs { job.fail(error) }
            return []
        }
    }
#endif
