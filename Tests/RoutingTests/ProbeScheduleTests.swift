import Routing
import Testing
import TestSupport
import Vocabulary

/// A schedule and a clock, with checks that take a while.
private struct ProbeWorld {
    var schedule: ProbeSchedule
    var random = SeededRandom(seed: 5)
    var now = ClockReading(moment: Moment(nanoseconds: 1_000_000_000_000), wall: ManualClock().now())

    init(_ nodes: [ProbedNode], rules: ProbeRules = ProbeRules(), spentToday: Int64 = 0) {
        schedule = ProbeSchedule(rules: rules, readyAt: now, spentToday: spentToday)
        schedule.replace(nodes: nodes, at: now.moment, using: &random)
    }

    mutating func advance(_ duration: Duration) {
        now = ClockReading(moment: now.moment + duration, wall: now.wall + duration)
    }

    mutating func due() -> [ProbeOrder] {
        schedule.due(at: now)
    }

    mutating func finish(_ order: ProbeOrder, cost: Int64? = nil) {
        schedule.finished(order.node, cost: cost, at: now.moment, using: &random)
    }

    mutating func mark(_ node: NodeID, _ cure: ProbeEvidence?) {
        schedule.mark(node, cure: cure, at: now.moment, using: &random)
    }

    /// Seconds until something is due; nil when nothing is.
    var wait: Double? {
        schedule.nextTime.map { Double($0.nanoseconds) / 1e9 - Double(now.moment.nanoseconds) / 1e9 }
    }

    /// Runs what falls due, one second a step, each check `taking` seconds; what was done, with the second in which it began.
    mutating func run(_ seconds: Int, taking duration: Int = 0) -> [(second: Int, order: ProbeOrder)] {
        var done: [(second: Int, order: ProbeOrder)] = []
        var open: [(until: Int, order: ProbeOrder)] = []
        for second in 0..<seconds {
            for ended in open where ended.until <= second { finish(ended.order) }
            open.removeAll { $0.until <= second }
            for order in due() {
                done.append((second, order))
                open.append((second + duration, order))
            }
            advance(.seconds(1))
        }
        return done
    }
}

@Suite("When nodes are checked")
struct ProbeScheduleTests {
    private static func nodes(_ count: Int, _ method: ProbeMethod = .api, price: Int64 = 1_000) -> [ProbedNode] {
        (0..<count).map { ProbedNode(id: .named("node-\($0)"), method: method, price: price) }
    }

    @Test("a check by hand takes from the same money, is refused when it does not reach, and gives back what it did not use")
    func byHand() throws {
        var rules = ProbeRules()
        rules.moneyPerDay = 2_500
        var world = ProbeWorld([], rules: rules)
        let (paid, free) = (
            ProbedNode(id: .named("north"), method: .api, price: 1_000), ProbedNode(id: .named("south"), method: .count, price: 9_999)
        )
        let taken = [paid, paid, paid, free].map { world.schedule.takeByHand($0, at: world.now) }
        let (first, second) = (try #require(taken[0]), try #require(taken[1]))
        #expect(taken[2] == nil)
        #expect(taken[3]?.price == 0)
        world.schedule.finishedByHand(first, cost: 0)
        world.schedule.finishedByHand(second)
        #expect(world.schedule.spentToday == 1_000)
        #expect(world.schedule.takeByHand(paid, at: world.now)?.method == .api)
        world.advance(.seconds(86_400))
        #expect(world.schedule.takeByHand(paid, at: world.now) != nil, "a new day has its own money")
    }

    @Test("nothing in the first five seconds; everybody once within 36, spread out (INC-01, INC-06)")
    func start() {
        var world = ProbeWorld(Self.nodes(20))
        let done = world.run(40)
        #expect(done.allSatisfy { $0.second >= 5 && $0.second <= 36 })
        #expect(Set(done.map(\.order.node)).count == 20 && done.count == 20)
        #expect(Set(done.map(\.second)).count > 8)
    }

    @Test("two hundred dead nodes: never more than two open, nobody forgotten, nothing piles up (INC-01, INC-02)")
    func twoHundred() {
        var world = ProbeWorld(Self.nodes(200, .count))
        for index in 0..<200 { world.mark(.named("node-\(index)"), .authorised) }
        #expect(world.due().isEmpty)
        var open: [ProbeOrder] = []
        var counts: [NodeID: Int] = [:]
        for _ in 0..<3_600 {
            world.advance(.seconds(1))
            open += world.due()
            #expect(open.count <= 2 && Set(open.map(\.node)).count == open.count)
            // Each takes about four seconds.
            if Int.random(in: 0..<2, using: &world.random) == 0, !open.isEmpty {
                let order = open.removeFirst()
                counts[order.node, default: 0] += 1
                world.finish(order)
            }
            // Whoever is due longest is next, so that nobody is forgotten.
            if counts.count < 200 { #expect(counts.values.allSatisfy { $0 <= 2 }) }
        }
        #expect(counts.count == 200)
        #expect((counts.values.max() ?? 0) - (counts.values.min() ?? 0) <= 2)
    }

    @Test("a node that is well is checked every ten minutes, counted from the end of its last check")
    func everyTenMinutes() throws {
        var world = ProbeWorld(Self.nodes(1))
        world.advance(.seconds(36))
        let order = try #require({ world.due() }().first)
        world.advance(.seconds(40))
        #expect({ world.due() }().isEmpty)
        world.finish(order)
        #expect((540.0...660.0).contains(try #require(world.wait)))
    }

    @Test("one in trouble is checked after half a minute, then after twice that, up to ten minutes")
    func troubled() throws {
        var world = ProbeWorld(Self.nodes(1))
        _ = world.run(40)
        world.mark(.named("node-0"), .reachable)
        for expected in [30.0, 30, 60, 120, 240, 480, 600, 600] {
            let wait = try #require(world.wait)
            #expect(wait >= expected * 0.9 - 1 && wait <= expected * 1.1 + 1)
            world.advance(.seconds(wait + 0.001))
            let order = try #require({ world.due() }().first)
            world.finish(order)
        }
        world.mark(.named("node-0"), nil)
        #expect(try #require(world.wait) >= 540)
        world.mark(.named("node-0"), .reachable)
        #expect(try #require(world.wait) <= 33)
        // Said again, it is no news.
        world.advance(.seconds(10))
        world.mark(.named("node-0"), .reachable)
        #expect(try #require(world.wait) <= 23)
    }

    @Test("one command at a time, and it holds up nobody else (INC-04)")
    func commands() {
        let nodes = Self.nodes(3, .cli) + [ProbedNode(id: .named("other"), method: .head, price: 0)]
        var world = ProbeWorld(nodes)
        world.advance(.seconds(36))
        let first = world.due()
        #expect(first.count == 2 && first.count { $0.method == .cli } == 1)
        #expect(world.schedule.nextTime == nil)
        for order in first where order.method == .head { world.finish(order) }
        #expect(world.due().isEmpty)
        for order in first where order.method == .cli { world.finish(order) }
        #expect(world.due().map(\.method) == [.cli])
    }

    @Test("a check that hangs keeps its place and is named, so that it can be ended (INC-02)")
    func hanging() {
        var world = ProbeWorld(Self.nodes(5))
        world.advance(.seconds(36))
        let hanging = world.due()
        world.advance(.seconds(59))
        #expect(world.schedule.overdue(at: world.now.moment).isEmpty)
        world.advance(.seconds(1))
        #expect(world.schedule.overdue(at: world.now.moment) == hanging.map(\.node).sorted())
        #expect(world.due().isEmpty && world.schedule.openCount == 2)
        world.finish(hanging[0])
        world.finish(hanging[0])
        #expect(world.due().count == 1)
    }

    @Test("when the day's money is spent paid checks become free ones, until midnight UTC")
    func budget() throws {
        var rules = ProbeRules()
        rules.moneyPerDay = 10_000
        var world = ProbeWorld(Self.nodes(1, .api, price: 1_000), rules: rules, spentToday: 7_500)
        let methods = world.run(86_400 / 2).map(\.order.method)
        #expect(Array(methods.prefix(3)) == [.api, .api, .count])
        #expect(methods.dropFirst(2).allSatisfy { $0 == .count })
        #expect(world.schedule.spentToday == 9_500)
        // 16 hours after the start.
        let next = world.run(86_400 / 4).map(\.order.method)
        #expect(next.last == .api || next.contains(.api))
        #expect(next.count { $0 == .api } <= 10)
    }

    @Test("what a check really cost counts, and open ones are counted as they are set aside")
    func cost() throws {
        var rules = ProbeRules()
        rules.moneyPerDay = 1_500
        var world = ProbeWorld(Self.nodes(2, .api, price: 1_000), rules: rules)
        world.advance(.seconds(36))
        let orders = world.due()
        #expect(orders.map(\.method) == [.api, .count])
        world.finish(orders[0], cost: 200)
        world.finish(orders[1])
        #expect(world.schedule.spentToday == 200)
    }

    @Test(
        "the method is one that can prove what is needed",
        arguments: [
            (ProbeMethod.head, ProbeEvidence.reachable, ProbeMethod.head), (.head, .authorised, .count), (.head, .served, .api),
            (.count, .authorised, .count), (.count, .served, .api), (.api, .authorised, .api), (.cli, .served, .cli),
        ])
    func methods(_ method: ProbeMethod, cure: ProbeEvidence, expected: ProbeMethod) {
        var world = ProbeWorld(Self.nodes(1, method))
        world.mark(.named("node-0"), cure)
        world.advance(.seconds(36))
        #expect(world.due().map(\.method) == [expected])
    }

    @Test("a person's wish comes first but takes no place away")
    func asked() {
        var world = ProbeWorld(Self.nodes(4))
        world.schedule.ask(for: .named("node-3"), at: world.now.moment)
        #expect(world.due().map(\.node) == [.named("node-3")])
        world.schedule.ask(for: .named("node-3"), at: world.now.moment)
        #expect(world.due().isEmpty)
        world.schedule.ask(for: .named("nobody"), at: world.now.moment)
        #expect(world.due().isEmpty)
    }

    @Test("nodes come and go; a check of one that is gone keeps its place until it ends")
    func replacing() {
        var world = ProbeWorld(Self.nodes(3))
        world.advance(.seconds(36))
        let orders = world.due()
        world.schedule.replace(nodes: [ProbedNode(id: .named("new"), method: .head, price: 0)], at: world.now.moment, using: &world.random)
        world.advance(.seconds(36))
        #expect(world.due().isEmpty)
        for order in orders { world.finish(order) }
        #expect(world.due().map(\.node) == [.named("new")])
    }
}
