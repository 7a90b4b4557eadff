#if MySQL
    import Storage

    /// Many callers' writes in one transaction, and that in the one order of all instances.
    ///
    /// The row of `write_order` is written first, so whoever has it works alone: what SQLite's lock on its file is, this row is here. Written
    /// rather than only locked, because nodes of a Galera cluster don't see each other's locks and find out at the commit.
    struct MySQLBatch {
        /// Keeps the delay that a queue of slow writes adds to the first of them, and to other instances, near the cost of a commit.
        static let longest = Duration.milliseconds(20)

        enum Outcome {
            /// All that ran is stored; so many jobs did.
            case stored([Ran])
            /// The transaction never was. `culprit` is the job during which it went.
            case lost(MySQLFault, culprit: Int?)
            /// The connection went while the commit was on its way.
            case unknown(MySQLFault, [Ran])
            /// A job failed behind its first change, which can't be undone alone: nothing is stored, and all want to run again with savepoints.
            case entangled
        }

        enum Result {
            case landed(LandedWrite)
            case failed(any Error)
        }

        struct Ran {
            let job: WriteJob
            let result: Result
        }

        let link: MySQLLink
        let line: MySQLLine
        /// Of `writer`.
        let instance: String
        let number: Int64
        /// Whether each job gets a savepoint, so that what it has changed can be undone alone. It costs a round to the server for each, and a
        /// job that fails nearly always does so before it changes anything: batches run without at first.
        let hasSavepoints: Bool

        private struct Entangled: Error {}

        func run(_ jobs: ArraySlice<WriteJob>) -> Outcome {
            var ran: [Ran] = []
            do {
                try begin()
            } catch {
                return lost(error, culprit: nil)
            }
            do {
                let end = ContinuousClock.now + Self.longest
                for job in jobs {
                    ran.append(Ran(job: job, result: try run(job, isAlone: jobs.count == 1)))
                    if ContinuousClock.now >= end { break }
                }
            } catch is Entangled {
                do { try link.run("ROLLBACK") } catch { return lost(error, culprit: nil) }
                return .entangled
            } catch {
                return lost(error, culprit: ran.count)
            }
            return commit(ran)
        }

        /// One statement, and so one round to the server: takes the turn and leaves the batch's mark, by which its outcome is known later.
        private func begin() throws {
            let text = """
                UPDATE write_order o, writer w SET o.batch = o.batch + 1, w.batch = ?, w.at = \(MySQLBooks.now)
                    WHERE o.id = 1 AND w.instance = ?
                """
            let mark = MySQLArguments([.integer(number), .text(instance)])
            guard try link.run(text, mark) < 2 else { return }
            // Nobody has written here for so long that others forgot us.
            try MySQLBooks.sign(link, instance: instance, batch: number - 1)
            guard try link.run(text, mark) == 2 else {
                throw MySQLFault(code: 1032, state: "HY000", message: "the tables write_order and writer lack their rows")
            }
        }

        /// - Throws: `MySQLFault` when the whole transaction is lost, `Entangled`.
        private func run(_ job: WriteJob, isAlone: Bool) throws -> Result {
            // One of the same name takes the place of the one before: no need to release it.
            if hasSavepoints { try link.run("SAVEPOINT job") }
            let connection = line.connection(link)
            defer { connection.end() }
            do {
                let landed = try job.run(connection)
                if let lost = connection.lost { throw lost }
                return .landed(landed)
            } catch {
                if let lost = connection.lost { throw lost }
                guard connection.hasChanged else { return .failed(error) }
                guard isAlone || hasSavepoints else { throw Entangled() }
                try link.run(hasSavepoints ? "ROLLBACK TO SAVEPOINT job" : "ROLLBACK")
                return .failed(error)
            }
        }

        private func commit(_ ran: [Ran]) -> Outcome {
            do {
                try link.run("COMMIT")
                return .stored(ran)
            } catch let fault as MySQLFault where fault.remedy == .reconnect {
                return .unknown(fault, ran)
            } catch {
                return lost(error, culprit: nil)
            }
        }

        private func lost(_ error: any Error, culprit: Int?) -> Outcome {
            let fault = error as? MySQLFault ?? MySQLFault(code: 2000, state: "HY000", message: "\(error)")
            if fault.remedy != .reconnect { _ = try? link.run("ROLLBACK") }
            return .lost(fault, culprit: culprit)
        }
    }
#endif
