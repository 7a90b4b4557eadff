import Routing
import Testing
import TestSupport

@Suite("Rate limits and incidents of providers")
struct RateDomainTests {
    private static let nodes: [RoutedNode] = [
        .named("north", rateDomain: "org-1"), .named("south", rateDomain: "org-1"), .named("east", priority: 2),
    ]

    @Test("429 closes all nodes of its domain until retry-after, is told once, and says nothing of health")
    func domain() {
        var world = PoolWorld(Self.nodes)
        let until = world.now + .seconds(40)
        #expect(world.send(to: "north", .limited(40)) == [.rateLimited(.shared("org-1"), by: .named("north"), until: until)])
        for _ in 0..<20 { #expect(world.serve() == "east") }
        #expect(world.snapshot("south")?.rateLimitedUntil == until)
        #expect(world.state("north") == .healthy && world.state("south") == .healthy)
        world.advance(.seconds(40))
        #expect(["north", "south"].contains(world.serve()))
    }

    @Test("a later, shorter retry-after shortens nothing (T-3)")
    func onlyGrows() {
        var world = PoolWorld(Self.nodes)
        let late = (0..<3).map { _ in world.begin(at: "south") }
        world.send(to: "north", .limited(60))
        let until = world.now + .seconds(60)
        #expect(world.end(late[0], .limited(1)).isEmpty)
        #expect(world.snapshot("north")?.rateLimitedUntil == until)
        world.end(late[1], .limited(90))
        #expect(world.snapshot("north")?.rateLimitedUntil == world.now + .seconds(90))
    }

    @Test("without a label a node is its own domain")
    func own() {
        var world = PoolWorld()
        world.send(to: "north", .limited(nil))
        #expect(world.snapshot("north")?.rateLimitedUntil == world.now + .seconds(30))
        for _ in 0..<20 { #expect(world.serve() == "south") }
    }

    @Test("429s never take a node out, however many (T-3)")
    func neverOut() {
        var world = PoolWorld()
        for _ in 0..<100 {
            world.send(to: "north", .limited(1))
            world.advance(.seconds(1))
        }
        #expect(world.state("north") == .healthy && world.healthChanges("north").isEmpty)
    }

    @Test("another credential has a limit of its own; the limit of a shared label stays")
    func newCredential() {
        var world = PoolWorld(Self.nodes)
        world.send(to: "north", .limited(60))
        world.send(to: "east", .limited(60))
        world.configure(Self.nodes.map { .named($0.name, priority: $0.priority, rateDomain: $0.rateDomain, accessVersion: 1) })
        #expect(world.snapshot("north")?.rateLimitedUntil != nil)
        #expect(world.snapshot("east")?.rateLimitedUntil == nil)
    }

    @Test("a domain is never shortened, and says whether it was open")
    func plain() {
        var domains = RateDomains()
        let now = Moment(nanoseconds: 1_000)
        #expect(domains.cool(.shared("a"), until: now + .seconds(10), at: now) == true)
        #expect(domains.cool(.shared("a"), until: now + .seconds(5), at: now) == false)
        #expect(domains.cooling(.shared("a"), at: now) == now + .seconds(10))
        #expect(domains.cooling(.shared("b"), at: now) == nil)
        #expect(domains.cooling(.shared("a"), at: now + .seconds(10)) == nil)
        #expect(domains.cool(.shared("a"), until: now + .seconds(12), at: now + .seconds(11)) == true)
    }

    // MARK: Incidents

    private static let four: [RoutedNode] = (0..<4).map { .named("node-\($0)", provider: "anthropic") } + [.named("other", priority: 2)]

    @Test("529 at half of a provider's nodes is the provider's: nobody goes out for it while it lasts")
    func incident() {
        var world = PoolWorld(Self.four)
        world.send(to: "node-0", .overloaded)
        #expect(world.changes.isEmpty)
        world.send(to: "node-1", .overloaded)
        #expect(world.changes == [.incidentBegan(provider: "anthropic")])
        for index in 0..<4 { world.send(10, to: "node-\(index)", .earlyStreamError(type: "overloaded_error")) }
        #expect((0..<4).allSatisfy { world.state("node-\($0)") == .healthy })
        #expect(world.pool.snapshot(at: world.now).incidents == ["anthropic"])
        #expect(world.changes.count == 1)

        // Other failures count as ever.
        world.send(3, to: "node-0", .broken)
        #expect(world.cooldown("node-0") != nil)
        world.advance(.seconds(30))
        world.send(to: "node-1", .completed)
        #expect(world.changes.last == .incidentEnded(provider: "anthropic"))
        world.send(3, to: "node-2", .overloaded)
        #expect(world.cooldown("node-2") != nil)
    }

    @Test("529s more than 30 s apart are no incident")
    func apart() {
        var world = PoolWorld(Self.four)
        for index in 0..<4 {
            world.send(to: "node-\(index)", .overloaded)
            world.advance(.seconds(30))
        }
        #expect(world.changes.isEmpty)
    }

    @Test("one node alone, and nodes of unknown providers, are no incident")
    func alone() {
        var world = PoolWorld([.named("north", provider: "anthropic"), .named("south", provider: "other"), .named("east"), .named("west")])
        world.send(3, to: "north", .overloaded)
        #expect(world.cooldown("north") != nil)
        world.send(to: "east", .overloaded)
        world.send(3, to: "west", .overloaded)
        #expect(world.cooldown("west") != nil)
    }

    @Test("a trial that meets an incident is not held against the node")
    func trial() {
        var world = PoolWorld(Self.four)
        world.send(3, to: "node-0", .broken)
        world.advance(.seconds(13))
        world.send(to: "node-1", .overloaded)
        world.send(to: "node-2", .overloaded)
        world.send(to: "node-0", .overloaded)
        #expect(world.state("node-0") == .halfOpen)
    }
}
