import Fleet
package import Logging
import Routing
import ServiceLifecycle
import Storage
import Synchronization
package import Vocabulary

/// What a worker that lets the data go leaves unbooked, for as long as it carries streams.
package struct UnbookedUse: Sendable {
    let control: TrafficControl
    let note: UnbookedNote
    /// What the books said when the data was let go.
    let booked: [KeyID: KeySpending]
    /// As whom it worked beside others; nil: there were none.
    let instance: InstanceID?
    let logger: Logger

    /// Writes down how it is now. The next worker reads it a few times a second.
    package func tell() {
        do {
            try note.write(control.unbooked(booked: booked), of: instance)
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
        return UnbookedUse(
            control: control, note: UnbookedNote(folder: ledger.journal.folder), booked: booked, instance: duty.instance, logger: logger)
    }

    /// Counts what earlier workers have left unbooked.
    func lookElsewhere() {
        control.change(elsewhere: UnbookedNote(folder: ledger.journal.folder).read())
    }

    /// As long as workers before this one carry streams the others count what they hold of keys' limits, though they can't give signs of life.
    func vouchForEarlier() async {
        repeat { try? await earlier.vouch() } while (try? await Task.sleep(for: FleetRoom.beatPeriod)) != nil
    }

    /// Between two tries to take over what earlier workers have left. What still fails then is not tried for ever: requests wait to be booked
    /// meanwhile. Their keys' limits stay too strict, never too wide, until the fleet forgets those workers, or this one is restarted.
    private static let pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]

    /// The earlier workers have ended: books what they wrote, and counts what it came to instead of what was reserved for it.
    func bookElsewhere(clock: any WallClock, pauses: [Duration] = Self.pauses, logger: Logger) async {
        let now = clock.now()
        var before: [KeyID: KeySpending]?
        for pause in pauses.map(Optional.some) + [nil] {
            do {
                // Of the first try: a later one would take what that has booked for spent before.
                if before == nil { before = try await usage.spendAtStart(now: now) }
                return try await takeOver(from: before ?? [:], at: now, clock)
            } catch {
                logger.error(
                    "what the worker before this one booked can't be taken over yet",
                    metadata: ["error": "\(error)", "again": "\(pause.map { "in \($0)" } ?? "at the next start")"])
            }
            await ledger.journal.sync()
            guard let pause, await Self.sleep(pause) else { return }
        }
    }

    private func takeOver(from before: [KeyID: KeySpending], at now: Timestamp, _ clock: any WallClock) async throws {
        try await mover.recoverEarlier()
        try await earlier.free()
        let after = try await usage.spendAtStart(now: now)
        control.settleElsewhere(from: before, to: after, at: Health.reading(clock))
        UnbookedNote(folder: ledger.journal.folder).removeAll()
    }

    /// False: it is to end.
    private static func sleep(_ pause: Duration) async -> Bool {
        await cancelWhenGracefulShutdown { (try? await Task.sleep(for: pause)) != nil }
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
