import Fleet
package import Logging
import Routing
import Storage
import Synchronization
package import Vocabulary

/// What a worker that lets the data go leaves unbooked, for as long as it carries streams.
package struct UnbookedUse: Sendable {
    let control: TrafficControl
    let note: UnbookedNote
    /// What the books said when the data was let go.
    let booked: [KeyID: KeySpending]
    let logger: Logger

    /// Writes down how it is now. The next worker reads it a few times a second.
    package func tell() {
        do {
            try note.write(control.unbooked(booked: booked))
        } catch {
            logger.warning("limits of keys can't be told to the next worker", metadata: ["error": "\(error)"])
        }
    }
}

extension GatewayRoom {
    /// For the time after the database is closed: call it as the last thing before.
    package func unbooked(now: Timestamp, logger: Logger) async -> UnbookedUse {
        let booked: [KeyID: KeySpending]
        do {
            booked = try await usage.spendAtStart(now: now)
        } catch {
            // Too much is held then, not too little.
            booked = [:]
            logger.warning("what keys have spent can't be read", metadata: ["error": "\(error)"])
        }
        return UnbookedUse(control: control, note: UnbookedNote(folder: ledger.journal.folder), booked: booked, logger: logger)
    }

    /// Counts what earlier workers have left unbooked.
    func lookElsewhere() {
        control.change(elsewhere: UnbookedNote(folder: ledger.journal.folder).read())
    }

    /// As long as the worker before this one carries streams the others count what it holds of keys' limits, though it can't give signs of life.
    func vouch(for earlier: InstanceID) async {
        repeat { try? await duty.vouch(for: earlier) } while (try? await Task.sleep(for: FleetRoom.beatPeriod)) != nil
    }

    /// The earlier workers have ended: books what they wrote, and counts what it came to instead of what was reserved for it.
    func bookElsewhere(clock: any WallClock, logger: Logger) async {
        do {
            let now = clock.now()
            let before = try await usage.spendAtStart(now: now)
            try await mover.recoverEarlier()
            try await freeEarlier()
            let after = try await usage.spendAtStart(now: now)
            control.settleElsewhere(from: before, to: after, at: Health.reading(clock))
            UnbookedNote(folder: ledger.journal.folder).removeAll()
        } catch {
            logger.error("what the worker before this one booked can't be taken over yet", metadata: ["error": "\(error)"])
        }
    }
}

extension TrafficControl {
    func unbooked(booked: [KeyID: KeySpending]) -> [KeyID: UseElsewhere] {
        state.withLock { state in
            state.keys.reduce(into: [:]) { all, entry in
                let known = booked[entry.key] ?? KeySpending()
                all[entry.key] = entry.value.unbooked(bookedToday: known.day, thisMonth: known.month)
            }
        }
    }

    func change(elsewhere: [KeyID: UseElsewhere]) {
        state.withLock { state in
            for key in Array(state.keys.keys) { state.keys[key]?.change(elsewhere: elsewhere[key] ?? UseElsewhere()) }
        }
    }

    func settleElsewhere(from before: [KeyID: KeySpending], to after: [KeyID: KeySpending], at now: ClockReading) {
        state.withLock { state in
            for key in Array(state.keys.keys) {
                let (old, new) = (before[key] ?? KeySpending(), after[key] ?? KeySpending())
                state.keys[key]?.settleElsewhere(
                    day: new.day.subtractingReportingOverflow(old.day).partialValue,
                    month: new.month.subtractingReportingOverflow(old.month).partialValue, at: now)
            }
        }
    }
}
