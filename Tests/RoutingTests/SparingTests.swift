import Routing
import Testing
import TestSupport

@Suite("Who can be spared")
struct SparingTests {
    @Test("the last node of a family is never taken out, and says why it should be")
    func last() {
        var world = PoolWorld([.named("north"), .named("openai", family: .openAI)])
        world.send(50, to: "north", .broken)
        #expect(world.state("north") == .healthy)
        #expect(world.snapshot("north")?.isKept == true)
        #expect(world.snapshot("north")?.reason?.code == .failuresInRow)
        #expect(world.snapshot("north")?.cure == .reachable)
        // Told once, not fifty times.
        #expect(world.healthChanges("north").count == 1)
        world.send(to: "north", .completed)
        #expect(world.snapshot("north")?.isKept == false)
        #expect(world.healthChanges("north").last?.reason.code == .servedAgain)
    }

    @Test("of two one may go; the other stays, and goes when the first is back")
    func two() {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.send(5, to: "south", .broken)
        #expect(world.cooldown("north") != nil)
        #expect(world.state("south") == .healthy && world.snapshot("south")?.isKept == true)
        world.probe("north", .completed)
        world.send(to: "south", .broken)
        #expect(world.cooldown("south") != nil)
    }

    @Test("at most half of a family cools down at once", arguments: 1...10)
    func half(_ count: Int) {
        var world = PoolWorld((0..<count).map { .named("node-\($0)") })
        for index in 0..<count { world.send(6, to: "node-\(index)", .broken) }
        let cooling = (0..<count).count { world.cooldown("node-\($0)") != nil }
        #expect(cooling == (count == 1 ? 0 : max(1, count / 2)))
    }

    @Test("what drains or is switched off does not count as a node that is left")
    func offDoesNotCount() {
        var world = PoolWorld([.named("north"), .named("south", isEnabled: false), .named("east", isDraining: true)])
        world.send(5, to: "north", .broken)
        #expect(world.state("north") == .healthy)
    }

    @Test("nor does one that waits for its rate limit")
    func limitedDoesNotCount() {
        var world = PoolWorld()
        world.send(to: "south", .limited(600))
        world.send(5, to: "north", .broken)
        #expect(world.state("north") == .healthy)
        #expect(world.serve() == "north")
    }

    @Test("refused credentials kill all but the last, which passes on what it says")
    func credentials() {
        var world = PoolWorld((0..<4).map { .named("node-\($0)") })
        for index in 0..<4 { world.send(3, to: "node-\(index)", .refusedKey) }
        #expect((0..<4).map { world.state("node-\($0)") } == [.dead, .dead, .dead, .healthy])
        #expect(world.snapshot("node-3")?.isKept == true)
        #expect(world.snapshot("node-3")?.cure == .authorised)
        #expect(world.serve() == "node-3")
    }

    @Test(
        "one client's bad request can't empty the pool: 403 takes half at most, 4xx nobody (INC-16)",
        arguments: [
            Outcome.status(403), .status(400), .status(413), .status(404), .status(409),
        ])
    func badRequest(_ outcome: Outcome) {
        var world = PoolWorld((0..<6).map { .named("node-\($0)") })
        for index in 0..<6 { world.send(20, to: "node-\(index)", outcome) }
        let dead = (0..<6).count { world.state("node-\($0)") == .dead }
        #expect(dead == (outcome == .status(403) ? 3 : 0))
        #expect(world.begin(RouteRequest(family: .anthropic, model: "another")) != nil)
    }

    @Test("when everything cools down one request tries rather than being refused, one at a time (INC-22)")
    func lastResort() throws {
        var world = PoolWorld([.named("north", models: .only("claude-*")), .named("south", models: .only("gpt-*"))])
        world.send(3, to: "north", .broken)
        let before = try #require(world.cooldown("north"))
        let tried = world.begin()
        #expect(tried?.node.name == "north" || tried == nil)

        world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.configure([.named("north"), .named("south", isEnabled: false)])
        let trial = world.begin()
        #expect(trial?.node.name == "north" && trial?.reason == .lastResort)
        #expect(world.pick() == .wait(until: nil, .busy))
        world.end(trial, .broken)
        // The cool-down has grown, and still one may try.
        #expect(try #require(world.cooldown("north")) >= before)
        #expect(world.begin()?.reason == .lastResort)
    }

    @Test("a last resort that comes to nothing leaves the cool-down as it was")
    func lastResortCancelled() {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.configure([.named("north"), .named("south", isEnabled: false)])
        let before = world.state("north")
        let trial = world.begin()
        #expect(world.state("north") == .halfOpen)
        world.end(trial, .clientLeft)
        #expect(world.state("north") == before)
    }

    @Test("a rate limit is obeyed even when nothing else is left, and its end is known")
    func rateLimitIsObeyed() {
        var world = PoolWorld()
        world.send(to: "north", .limited(40))
        world.send(to: "south", .limited(20))
        #expect(world.pick() == .wait(until: world.now + .seconds(20), .cooling))
        world.advance(.seconds(20))
        #expect(world.serve() == "south")
    }

    @Test("a node that failed a request is no reason to wake one that cools down while it works for others")
    func retryLetsSleep() {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.send(to: "south", .broken)
        let retry = RouteRequest(family: .anthropic, excluded: [.named("south")], isRetry: true)
        guard case .wait(let until, .cooling) = world.pick(retry) else {
            Issue.record("north was woken early")
            return
        }
        #expect(until != nil)
        // But when south works for nobody any more, north may try.
        world.send(2, to: "south", .broken)
        #expect(world.begin(retry)?.reason == .lastResort)
    }

    @Test("dead nodes are not asked, and that is said")
    func allDead() {
        var world = PoolWorld()
        world.send(to: "north", .refusedKey)
        world.configure([.named("north")])
        #expect(world.pick() == .wait(until: nil, .dead))
        world.configure([.named("north"), .named("south", isEnabled: false)])
        #expect(world.pick() == .wait(until: nil, .dead))
    }

    @Test("a trial that is refused does not lose the last hope")
    func refusedTrial() {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.configure([.named("north"), .named("south", isEnabled: false)])
        let trial = world.begin()
        world.end(trial, .refusedKey)
        #expect(world.cooldown("north") != nil)
        #expect(world.snapshot("north")?.reason?.death == .credentialRefused)
        #expect(world.begin()?.reason == .lastResort)
    }

    @Test("when all cool down one of them tries, not each of them at once")
    func oneLastResort() {
        var world = PoolWorld((0..<4).map { .named("node-\($0)") })
        world.send(3, to: "node-0", .broken)
        world.send(3, to: "node-1", .broken)
        world.configure((0..<4).map { .named("node-\($0)", isEnabled: $0 < 2) })
        let trial = world.begin()
        #expect(trial?.reason == .lastResort)
        guard case .wait(let until, .busy) = world.pick() else {
            Issue.record("two last resorts at once")
            return
        }
        #expect(until != nil)
        world.end(trial, .broken)
        // The one whose turn comes first, which is the other now.
        #expect(world.begin().map { $0.node.id != trial?.node.id } == true)
    }

    @Test("a node that is only kept for want of others gets a quarter of its weight, and is nobody to rely on")
    func keptIsNotSound() {
        var world = PoolWorld([.named("north"), .named("south"), .named("east")])
        world.send(3, to: "north", .broken)
        world.send(3, to: "south", .broken)
        #expect(world.snapshot("south")?.isKept == true && world.snapshot("south")?.weightPercent == 25)
        world.send(to: "east", .refusedKey)
        #expect(world.state("east") == .healthy && world.snapshot("east")?.isKept == true)
    }
}
