import Supervision

/// A crew with a clock of the test's own.
struct CrewWorld {
    var crew = Crew(drain: 10_000, dice: { 0.5 }, makeID: { "abc" })
    var now: Int64 = 1_000
    var next: Int32 = 100

    /// Starts the workers that the actions ask for, as the supervisor does, and returns everything that came of it.
    mutating func follow(_ actions: [Action]) -> [Action] {
        var all: [Action] = []
        for action in actions {
            all.append(action)
            guard case .spawn(let role) = action else { continue }
            next += 1
            all += follow(crew.spawned(next, role, at: now))
        }
        return all
    }

    mutating func begin() -> [Action] { follow(crew.begin(at: now)) }

    mutating func say(_ word: FromWorker, _ process: Int32) -> [Action] { follow(crew.heard(word, from: process, at: now)) }

    mutating func end(_ process: Int32, _ end: WorkerEnd, _ circumstances: Crew.Circumstances = .init()) -> [Action] {
        follow(crew.ended(process, end, circumstances, at: now))
    }

    mutating func order(_ order: Order, tag: Int = 1) -> [Action] { follow(crew.order(order, tag: tag, at: now)) }

    mutating func signal(_ number: Int32) -> [Action] { follow(crew.signalled(number, at: now)) }

    mutating func pass(_ milliseconds: Int64) -> [Action] {
        now += milliseconds
        return follow(crew.tick(at: now))
    }

    /// A crew whose first worker (101) serves.
    static func serving() -> CrewWorld {
        var world = CrewWorld()
        _ = world.begin()
        _ = world.say(.prepared, 101)
        _ = world.say(.ready, 101)
        return world
    }
}

extension [Action] {
    var spawns: [Member.Role] {
        compactMap { if case .spawn(let role) = $0 { role } else { nil } }
    }

    var answers: [Bool] {
        compactMap { if case .answer(_, let answer) = $0 { answer.isDone } else { nil } }
    }

    var records: [EndKind] {
        compactMap { if case .record(_, let kind) = $0 { kind } else { nil } }
    }

    var ending: Crew.Ending? {
        compactMap { if case .end(let ending) = $0 { ending } else { nil } }.first
    }
}
