import Routing
import Testing
import TestSupport

/// Ten thousand random events each, and what must be true after every one of them.
@Suite("A pool under everything at once")
struct PoolSimulationTests {
    private struct Run {
        var world: PoolWorld
        var dice: SeededRandom
        var open: [Assignment] = []
        var trials: [NodeID: (attempt: AttemptID, since: Moment)] = [:]
        var deadlines: [NodeID: Moment] = [:]
        var limits: [NodeID: Moment] = [:]

        init(seed: UInt64) {
            dice = SeededRandom(seed: seed)
            world = PoolWorld(Self.nodes(1, &dice), seed: seed ^ 0xABCD)
        }

        static func nodes(_ access: Int, _ dice: inout SeededRandom) -> [RoutedNode] {
            (0..<Int.random(in: 1...8, using: &dice)).map { index in
                .named(
                    "node-\(index)", family: index % 4 == 3 ? .openAI : .anthropic, priority: Int.random(in: 1...2, using: &dice),
                    weight: Int.random(in: 1...5, using: &dice), maxConcurrency: Bool.random(using: &dice) ? 6 : nil,
                    isEnabled: Int.random(in: 0..<10, using: &dice) > 0, isDraining: Int.random(in: 0..<10, using: &dice) == 0,
                    provider: index % 2 == 0 ? "anthropic" : "", rateDomain: index % 3 == 0 ? "org" : nil,
                    accessVersion: Int.random(in: 0..<10, using: &dice) == 0 ? access : 0)
            }
        }

        static let outcomes: [Outcome] = [
            .completed, .completed, .completed, .completed, .broken, .broken, .overloaded, .brokeBeforeHead, .firstByteTimeout, .silence,
            .clientLeft, .status(400), .status(404), .limited(3), .limited(nil), .refusedKey, .status(403), .status(402),
            .notSent(.refused), .notSent(.stale), .earlyStreamError(type: "overloaded_error"), .brokeAfterContent,
        ]

        mutating func step(_ number: Int) {
            switch Int.random(in: 0..<100, using: &dice) {
            case 0..<50: begin()
            case 50..<85: end()
            case 85..<92: world.advance(.milliseconds(Int.random(in: 0...20_000, using: &dice)))
            case 92..<97: probe()
            case 97: revive()
            case 98 where number % 5 == 0: configure(number)
            default: endTwice()
            }
        }

        private mutating func anyNode() -> NodeID { .named("node-\(Int.random(in: 0..<9, using: &dice))") }

        private mutating func begin() {
            let request = RouteRequest(
                family: Int.random(in: 0..<4, using: &dice) == 0 ? .openAI : .anthropic, model: "m\(Int.random(in: 0..<3, using: &dice))",
                session: Bool.random(using: &dice) ? SessionKey(Int.random(in: 0..<20, using: &dice), model: "m") : nil,
                excluded: Int.random(in: 0..<4, using: &dice) == 0 ? [anyNode()] : [], isRetry: Bool.random(using: &dice))
            let limitedBefore = Set(limits.filter { $0.value > world.now }.keys)
            guard let assignment = world.begin(request) else { return }
            #expect(!request.excluded.contains(assignment.node.id))
            #expect(assignment.node.isOn && assignment.node.family == request.family)
            #expect(!limitedBefore.contains(assignment.node.id), "sent to a node over its rate limit")
            open.append(assignment)
            guard assignment.reason == .trial || assignment.reason == .lastResort else { return }
            if let running = trials[assignment.node.id] {
                #expect(world.now >= running.since + .seconds(60), "two trials at once")
            }
            trials[assignment.node.id] = (assignment.attempt, world.now)
        }

        private mutating func end() {
            guard let index = open.indices.randomElement(using: &dice), let outcome = Self.outcomes.randomElement(using: &dice) else {
                return
            }
            let assignment = open.remove(at: index)
            world.end(assignment, outcome)
            if trials[assignment.node.id]?.attempt == assignment.attempt { trials[assignment.node.id] = nil }
        }

        private mutating func endTwice() {
            world.end(
                Assignment(attempt: AttemptID(UInt64.random(in: 0...20_000, using: &dice)), node: .named("x"), model: nil, reason: .trial),
                .clientLeft)
            open.removeAll { assignment in !world.isOpen(assignment) }
        }

        private mutating func probe() {
            guard let outcome = Self.outcomes.randomElement(using: &dice) else { return }
            let evidence = ProbeEvidence.allCases.randomElement(using: &dice) ?? .served
            let node = anyNode()
            world.note(world.pool.probed(node, outcome, evidence: evidence, at: world.now, using: &world.random))
        }

        private mutating func revive() {
            let node = anyNode()
            deadlines[node] = nil
            world.note(world.pool.revive(node, at: world.now))
        }

        private mutating func configure(_ number: Int) {
            world.configure(Self.nodes(number, &dice))
            // Whatever was learnt may be forgotten now.
            deadlines = [:]
            limits = [:]
            trials = [:]
        }
    }

    @Test("counts, trials, deadlines and the last node are always right", arguments: UInt64(0)..<12)
    func invariants(_ seed: UInt64) {
        var run = Run(seed: seed)
        var outs = 0
        for number in 0..<10_000 {
            let before = run.world
            run.step(number)
            outs += check(&run, before: before)
        }
        #expect(outs > 20, "nothing ever went out: the simulation shows nothing")
    }

    /// How many nodes have just gone out.
    private func check(_ run: inout Run, before: PoolWorld) -> Int {
        let snapshot = run.world.pool.snapshot(at: run.world.now)
        #expect(snapshot.nodes.allSatisfy { $0.inFlight >= 0 })
        #expect(snapshot.nodes.reduce(0) { $0 + $1.inFlight } <= snapshot.attemptsInFlight)
        #expect(snapshot.nodes.allSatisfy { $0.errorRate >= 0 && $0.errorRate <= 1 })
        for node in snapshot.nodes {
            if let until = node.rateLimitedUntil {
                #expect(until >= run.limits[node.id] ?? until, "a rate limit was shortened")
                run.limits[node.id] = until
            }
            if case .cooling(let until) = node.state {
                #expect(until >= run.deadlines[node.id] ?? until, "a cool-down was shortened")
                run.deadlines[node.id] = until
            }
        }
        return run.world.changes.dropFirst(before.changes.count).count { checkLeaving($0, run, before: before) }
    }

    /// Whoever leaves because of its failures leaves someone behind who works.
    private func checkLeaving(_ change: PoolChange, _ run: Run, before: PoolWorld) -> Bool {
        guard case .health(let id, let health) = change else { return false }
        if health.reason.code == .revived { return false }
        guard health.from == .healthy, health.to != .healthy, let node = run.world.nodes.first(where: { $0.id == id }) else { return false }
        let family = run.world.nodes.filter { $0.family == node.family && $0.isOn && $0.id != id }
        let working = family.filter { run.world.pool.snapshot(of: $0.id, at: run.world.now)?.state == .healthy }
        #expect(!working.isEmpty, "the last node was taken out")
        if health.to != .dead, node.isOn {
            let living = family.filter { run.world.pool.snapshot(of: $0.id, at: run.world.now)?.state != .dead }.count + 1
            let out = living - working.count
            #expect(out <= max(1, living / 2), "more than half were taken out")
        }
        return true
    }
}

extension PoolWorld {
    /// Whether the pool still counts it.
    func isOpen(_ assignment: Assignment) -> Bool {
        var copy = pool
        let before = copy.attemptsInFlight
        var random = SeededRandom(seed: 0)
        _ = copy.ended(assignment.attempt, .clientLeft, at: now, using: &random)
        return copy.attemptsInFlight < before
    }
}
