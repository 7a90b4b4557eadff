import Routing
import Testing
import TestSupport

@Suite("Which node a request goes to")
struct NodePoolTests {
    private static let tiers: [RoutedNode] = [.named("north", priority: 1), .named("south", priority: 2), .named("east", priority: 3)]

    @Test("the lowest priority number goes first, and the next one takes over at once (INC-08, INC-17)")
    func priority() {
        var world = PoolWorld(Self.tiers)
        for _ in 0..<20 { #expect(world.serve() == "north") }
        world.send(3, to: "north", .broken)
        #expect(world.serve() == "south")
    }

    @Test("one to the next and back: 1, then 2, then 3 take over, and each that recovers takes its place again (INC-09, INC-12)")
    func recovery() {
        var rules = HealthRules()
        rules.trialsToHeal = 1
        var world = PoolWorld(Self.tiers + [.named("west", priority: 4), .named("far", priority: 5)], rules: rules)
        world.send(3, to: "north", .broken)
        world.send(3, to: "south", .broken)
        #expect(world.serve() == "east")
        world.probe("south", .completed)
        #expect(world.serve() == "south")
        world.probe("north", .completed)
        #expect(world.serve() == "north")
        world.send(3, to: "north", .broken)
        #expect(world.serve() == "south")
        // Without any check, by its own trial.
        world.advance(.seconds(25))
        #expect(world.serve() == "north")
        #expect(world.state("north") == .healthy)
        #expect(world.serve() == "north")
    }

    @Test("inside one priority requests follow the weights")
    func weights() {
        var world = PoolWorld([.named("north", weight: 1), .named("south", weight: 3), .named("east", weight: 6)])
        var served: [String: Int] = [:]
        for _ in 0..<20_000 { served[world.serve() ?? "", default: 0] += 1 }
        for (name, share) in [("north", 0.1), ("south", 0.3), ("east", 0.6)] {
            #expect(abs(Double(served[name] ?? 0) / 20_000 - share) < 0.02)
        }
    }

    @Test("the less busy of two gets it: a thousand at once are spread by weight")
    func leastLoaded() {
        var world = PoolWorld([.named("north", weight: 1), .named("south", weight: 1), .named("east", weight: 2)])
        for _ in 0..<1_000 { #expect(world.begin() != nil) }
        #expect(abs((world.snapshot("north")?.inFlight ?? 0) - 250) < 20)
        #expect(abs((world.snapshot("south")?.inFlight ?? 0) - 250) < 20)
        #expect(abs((world.snapshot("east")?.inFlight ?? 0) - 500) < 20)
    }

    @Test("a slow node gets less")
    func slowNode() {
        var world = PoolWorld()
        var stuck = 0
        for _ in 0..<300 {
            let assignment = world.begin()
            if assignment?.node.name == "north" { stuck += 1 } else { world.end(assignment, .completed) }
        }
        #expect(stuck < 5)
    }

    @Test("at its limit a node gets nothing more; when all are there, the request waits for one to end")
    func concurrency() {
        var world = PoolWorld([.named("north", maxConcurrency: 2), .named("south", priority: 2, maxConcurrency: 1)])
        let first = world.begin()
        #expect(first?.node.name == "north")
        #expect(world.begin()?.node.name == "north")
        #expect(world.begin()?.node.name == "south")
        #expect(world.pick() == .wait(until: nil, .busy))
        world.end(first, .clientLeft)
        #expect(world.begin()?.node.name == "north")
    }

    @Test("what drains or is switched off gets nothing new, and says so when there is nothing else")
    func off() {
        var world = PoolWorld([.named("north", isEnabled: false), .named("south", isDraining: true)])
        #expect(world.pick() == .wait(until: nil, .off))
        #expect(
            world.pick(RouteRequest(family: .anthropic, excluded: world.nodes.map(\.id), isRetry: true)) == .wait(until: nil, .exhausted))
    }

    @Test("who has been somewhere does not get there again")
    func excluded() {
        var world = PoolWorld()
        for _ in 0..<50 {
            let request = RouteRequest(family: .anthropic, excluded: [.named("north")], isRetry: true)
            #expect(world.serve(request) == "south")
        }
    }

    @Test("a retry does not become a trial while there is anything else")
    func retriesAreNoTrials() {
        var world = PoolWorld([.named("north", weight: 10_000), .named("south"), .named("east")])
        world.send(3, to: "north", .broken)
        world.advance(.seconds(13))
        let request = RouteRequest(family: .anthropic, excluded: [.named("east")], isRetry: true)
        for _ in 0..<50 { #expect(world.serve(request) == "south") }
    }

    // MARK: Models and families

    @Test("models: by pattern, by another name, or not at all")
    func models() throws {
        let alias = ModelMap.Alias(from: try #require(ModelPattern("claude-*")), to: "house-model")
        var world = PoolWorld([.named("north", models: .only("gpt-*")), .named("south", models: ModelMap(aliases: [alias]))])
        let assignment = world.begin()
        #expect(assignment?.node.name == "south" && assignment?.model == "house-model")
        #expect(world.pick(RouteRequest(family: .anthropic, model: "gemini")) == .unserved(.model))
        #expect(world.pick(RouteRequest(family: .openAI, model: "gpt-6")) == .unserved(.family))
        #expect(world.begin(RouteRequest(family: .anthropic))?.model == nil)
    }

    @Test("404 means that this node lacks this model for ten minutes, and is held against nobody")
    func missing() {
        var world = PoolWorld()
        #expect(world.send(to: "north", .status(404)) == [.modelMissing(.named("north"), model: "claude-opus-5")])
        for _ in 0..<20 { #expect(world.serve() == "south") }
        #expect(world.begin(at: "north", model: "claude-haiku-4-5") != nil)
        #expect(world.state("north") == .healthy)
        world.send(to: "south", .status(404))
        #expect(world.pick() == .unserved(.model))
        world.advance(.seconds(599))
        #expect(world.pick() == .unserved(.model))
        world.advance(.seconds(1))
        #expect(world.begin() != nil)
    }

    @Test("a client that makes up models can't fill the memory, and keeps real ones working")
    func madeUpModels() {
        var world = PoolWorld()
        for index in 0..<2_000 {
            let assignment = world.begin(at: "north", model: "made-up-\(index)")
            world.end(assignment, .status(404))
        }
        #expect(world.snapshot("north")?.missingModels ?? 0 <= 256)
        #expect(world.begin(at: "north") != nil)
    }

    @Test("what a node made can only be asked of it, even while it drains; its 404 is about the thing, not the model")
    func owner() {
        var world = PoolWorld([.named("north", isDraining: true), .named("south")])
        let request = RouteRequest(family: .anthropic, model: "claude-opus-5", owner: .named("north"))
        let assignment = world.begin(request)
        #expect(assignment?.node.name == "north" && assignment?.reason == .owner)
        #expect(world.end(assignment, .status(404)).isEmpty)
        #expect(world.begin(request)?.node.name == "north")
        world.configure([.named("south")])
        #expect(world.pick(request) == .unserved(.owner))
    }

    // MARK: Nodes come and go

    @Test("a change of configuration keeps health, counts and sessions; another credential makes the node new")
    func replacing() {
        var world = PoolWorld()
        let early = world.begin(at: "south")
        world.send(to: "north", .refusedKey)
        world.configure([.named("north", weight: 5), .named("south", weight: 2)])
        #expect(world.state("north") == .dead)
        #expect(world.snapshot("south")?.inFlight == 1)
        world.configure([.named("north", accessVersion: 1), .named("south", accessVersion: 1)])
        #expect(world.state("north") == .healthy)
        #expect(world.healthChanges("north").last?.reason.code == .accessChanged)
        // What the old credential did says nothing about the new one.
        world.end(early, .refusedKey)
        #expect(world.state("south") == .healthy)
        #expect(world.snapshot("south")?.inFlight == 0)
    }

    @Test("a node that is gone takes its attempts with it, also when it comes back under the same id")
    func removed() {
        var world = PoolWorld()
        let old = (0..<3).map { _ in world.begin(at: "north") }
        world.configure([.named("south")])
        #expect(world.snapshot("north") == nil)
        world.end(old[0], .broken)
        world.configure([.named("north"), .named("south")])
        #expect(world.snapshot("north")?.inFlight == 0)
        world.end(old[1], .broken)
        world.end(old[2], .broken)
        #expect(world.snapshot("north")?.inFlight == 0 && world.snapshot("north")?.errorRate == 0)
        #expect(world.pool.attemptsInFlight == 0)
    }

    @Test("an attempt ends once")
    func endsOnce() {
        var world = PoolWorld()
        let assignment = world.begin(at: "north")
        for _ in 0..<5 { world.end(assignment, .broken) }
        #expect(world.snapshot("north")?.inFlight == 0)
        #expect(world.state("north") == .healthy)
    }

    @Test("two nodes with one id are one")
    func twins() {
        var world = PoolWorld([.named("north"), .named("north", priority: 2), .named("south")])
        #expect(world.pool.snapshot(at: world.now).nodes.map(\.id) == [.named("north"), .named("south")])
        #expect(world.serve() != nil)
    }

    @Test("an empty pool serves nobody and breaks nowhere")
    func empty() {
        var world = PoolWorld([])
        #expect(world.pick() == .unserved(.family))
        world.probe("nobody", .completed)
        world.note(world.pool.revive(.named("nobody"), at: world.now))
        #expect(world.pool.snapshot(at: world.now).nodes.isEmpty && world.changes.isEmpty)
    }
}
