import Routing
import Testing
import TestSupport

@Suite("Sessions stay where their cache is")
struct StickinessTests {
    private func request(_ session: String, life: Duration = .seconds(300), excluded: [NodeID] = []) -> RouteRequest {
        RouteRequest(
            family: .anthropic, model: "claude-opus-5", session: SessionKey(session, model: "claude-opus-5"), cacheLife: life,
            excluded: excluded, isRetry: !excluded.isEmpty)
    }

    @Test("each request of a session goes to the same node, and sessions are spread")
    func stays() {
        var world = PoolWorld((0..<4).map { .named("node-\($0)") })
        var homes: Set<String?> = []
        for session in 0..<40 {
            let home = world.serve(request("s\(session)"))
            homes.insert(home)
            for _ in 0..<5 { #expect(world.serve(request("s\(session)")) == home) }
        }
        #expect(homes.count == 4)
    }

    @Test("for as long as the cache lives after the last request: five minutes or an hour", arguments: [300, 3_600])
    func lives(_ seconds: Int) {
        var stickiness = Stickiness(limit: 10)
        let key = SessionKey("ada", model: "m")
        var now = Moment(nanoseconds: 0)
        for _ in 0..<3 {
            stickiness.pin(key, to: .named("north"), for: .seconds(seconds), at: now)
            now = now + .seconds(seconds - 1)
            #expect(stickiness.node(of: key, at: now) == .named("north"))
        }
        #expect(stickiness.node(of: key, at: now + .seconds(1)) == nil)
    }

    @Test("a short request does not shorten an hour's cache; a move to another node begins anew")
    func longest() {
        var stickiness = Stickiness(limit: 10)
        let (key, now) = (SessionKey("ada", model: "m"), Moment(nanoseconds: 0))
        stickiness.pin(key, to: .named("north"), for: .seconds(3_600), at: now)
        stickiness.pin(key, to: .named("north"), for: .seconds(300), at: now)
        #expect(stickiness.node(of: key, at: now + .seconds(3_599)) == .named("north"))
        stickiness.pin(key, to: .named("south"), for: .seconds(300), at: now)
        #expect(stickiness.node(of: key, at: now + .seconds(299)) == .named("south"))
        #expect(stickiness.node(of: key, at: now + .seconds(300)) == nil)
    }

    @Test("a session of another model is another session")
    func perModel() {
        #expect(SessionKey("ada", model: "a") != SessionKey("ada", model: "b"))
        #expect(SessionKey("ada", model: "a") == SessionKey("ada", model: "a"))
    }

    @Test("a session follows its request to another node and stays there, also when the first is back")
    func moves() {
        var world = PoolWorld([.named("north"), .named("south", priority: 2)])
        #expect(world.serve(request("ada")) == "north")
        #expect(world.serve(request("ada", excluded: [.named("north")])) == "south")
        for _ in 0..<5 { #expect(world.serve(request("ada")) == "south") }
        #expect(world.serve(request("bo")) == "north")
        // Its cache at south is dead: there is nothing to lose any more.
        world.advance(.seconds(300))
        #expect(world.serve(request("ada")) == "north")
    }

    @Test("a forced move prefers a node that shares the cache")
    func sameCache() {
        for index in 0..<20 {
            var world = PoolWorld([
                .named("north", cacheDomain: "org-1"), .named("south", weight: 100), .named("east", cacheDomain: "org-1"),
                .named("west", weight: 100),
            ])
            #expect(world.serve(request("s\(index)", excluded: ["south", "east", "west"].map { .named($0) })) == "north")
            world.send(to: "north", .limited(60))
            let moved = world.begin(request("s\(index)"))
            #expect(moved?.node.name == "east" && moved?.reason == .sameCache)
        }
    }

    @Test("a session whose node is on trial is not sent there")
    func notOnTrial() {
        var world = PoolWorld([.named("north", weight: 1), .named("south", weight: 10_000), .named("east", weight: 10_000)])
        #expect(world.serve(request("ada", excluded: [.named("south"), .named("east")])) == "north")
        world.send(3, to: "north", .broken)
        world.advance(.seconds(13))
        #expect(world.serve(request("ada")) != "north")
    }

    @Test("a full memory forgets the oldest, never the newest half, and never grows beyond its bound")
    func bounded() {
        var stickiness = Stickiness(limit: 1_000)
        let now = Moment(nanoseconds: 0)
        for index in 0..<10_000 {
            stickiness.pin(SessionKey(index, model: "m"), to: .named("north"), for: .seconds(300), at: now)
            // One that is used all the time is never old.
            stickiness.pin(SessionKey("ada", model: "m"), to: .named("south"), for: .seconds(300), at: now)
            #expect(stickiness.count <= 1_000)
            #expect(stickiness.node(of: SessionKey("ada", model: "m"), at: now) == .named("south"))
        }
        let kept = (0..<10_000).filter { stickiness.node(of: SessionKey($0, model: "m"), at: now) != nil }
        #expect(kept.count >= 498)
        #expect(kept == Array((10_000 - kept.count)..<10_000))
    }
}
