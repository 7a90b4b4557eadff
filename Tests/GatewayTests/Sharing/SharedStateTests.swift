import Bus
import Fleet
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("What instances have in common")
struct SharedStateTests {
    @Test(
        "A key that is made on one instance is good on the other: by hint at once, without hints with the next look",
        arguments: [true, false])
    func newKey(hasHints: Bool) async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let south = try await house.open(beside: north)
        if !hasHints { south.bus.cut() }
        try await house.running([south]) {
            let made = try await north.room.keys.create(KeyChange(name: "new"), by: north.world.author)
            let text = made.text.reveal()
            try await eventually { (try? south.room.keys.verify(presented: text, now: house.clock.now()).get())?.id == made.key.id }
        }
    }

    @Test("Limits that are changed on one instance count on the other")
    func changedKey() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let south = try await house.open(beside: north)
        _ = try await north.room.keys.change(north.world.key.id, KeyChange(concurrency: .set(3)), by: north.world.author)
        await south.room.sharing?.look()
        let key = try south.room.keys.verify(presented: north.world.keyText, now: house.clock.now()).get()
        #expect(key.concurrency == 3)
    }

    @Test("A request in the middle of its stream ends when its key is revoked on the other instance")
    func revoked() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let south = try await house.open(beside: north)
        let call = south.world.message()
        #expect(call.node == "north")
        call.beginStream()
        call.body(Words.start + Words.content)
        _ = try await north.room.keys.revoke(north.world.key.id, by: north.world.author)
        await south.room.sharing?.look()
        await call.wake()
        #expect(call.isOver)
        #expect(call.sent.contains("The key of this request was revoked"))
        #expect(south.world.leftovers.isEmpty)
        let next = south.world.message()
        #expect(next.status == 401)
    }

    @Test("Nodes, prices and settings that are changed on one instance count on the other")
    func nodesPricesSettings() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let south = try await house.open(beside: north)
        let author = north.world.author
        try await north.world.add(NodeChange(name: "west", priority: 2))
        let name = "HEALTH_CHECK_CONCURRENCY"
        let before = south.room.settings.items.first { $0.key.name == name }?.value
        _ = try await north.room.settings.change([name: "3"], by: author)
        _ = try await north.room.prices.add(PriceDraft(match: "lantern-1", input: 1_000_000_000, output: 2_000_000_000), by: author)
        await south.room.sharing?.look()
        #expect(south.room.nodes.nodes(of: north.world.lantern).map(\.name).sorted() == ["north", "west"])
        #expect(south.room.settings.items.first { $0.key.name == name }?.value == "3")
        #expect(before != "3")
        let tokens = PricedTokens(input: 10)
        #expect(south.room.prices.book(of: north.world.lantern).cost(of: tokens, model: "lantern-1", at: house.clock.now()) != nil)
        let id = try #require(north.room.nodes.nodes(of: north.world.lantern).first { $0.name == "west" }?.id)
        try await north.room.nodes.delete(id, by: author)
        await south.room.sharing?.look()
        #expect(south.room.nodes.nodes(of: north.world.lantern).map(\.name) == ["north"])
    }

    @Test("What is read again never undoes what this instance has changed since")
    func ownChangesStay() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let south = try await house.open(beside: north)
        try await withThrowingTaskGroup { group in
            for number in 0..<20 {
                let (one, other) = (number.isMultiple(of: 2) ? north : south, number.isMultiple(of: 2) ? south : north)
                let (keys, author, sharing) = (one.room.keys, one.world.author, other.room.sharing)
                group.addTask {
                    let made = try await keys.create(KeyChange(name: "key \(number)"), by: author)
                    if number.isMultiple(of: 3) { _ = try await keys.revoke(made.key.id, by: author) }
                }
                group.addTask { await sharing?.look() }
            }
            try await group.waitForAll()
        }
        for instance in [north, south] { await instance.room.sharing?.look() }
        let (one, other) = (Set(north.room.keys.active.map(\.id)), Set(south.room.keys.active.map(\.id)))
        #expect(one == other)
        #expect(one.count == 14)
    }

    @Test("A node that is dead for one instance is dead for the other, and alive again when a person says so there")
    func standings() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        try await north.world.add(NodeChange(name: "west", priority: 2))
        let south = try await house.open(beside: north)
        let (health, southHealth) = (north.room.health, south.room.health)
        let listening = Task { await health.listen() }
        let southListening = Task { await southHealth.listen() }
        defer { for task in [listening, southListening] { task.cancel() } }
        try await house.running([north, south]) {
            let call = north.world.message(stream: false)
            call.answer(401, Words.error("authentication_error"))
            #expect(north.world.node("north")?.state == .dead)
            try await eventually { south.world.node("north")?.state == .dead }
            let node = try #require(south.world.node("north")?.id)
            try await south.room.health.revive(node, by: south.world.author)
            try await eventually { north.world.node("north")?.state == .healthy }
        }
    }

    @Test("A rate limit that one instance was told of holds for the other, and neither writes over the other's")
    func rateLimits() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        try await north.world.add(NodeChange(name: "west", priority: 2))
        let south = try await house.open(beside: north)
        let limited: [(String, String)] = [("content-type", "application/json"), ("retry-after", "100")]
        let one = north.world.message(stream: false)
        one.answer(429, Words.error("rate_limit_error"), limited)
        await north.room.health.saveRateLimits()
        await south.room.sharing?.look()
        let two = south.world.message(stream: false)
        #expect(two.node == "west")
        two.answer(429, Words.error("rate_limit_error"), limited)
        await south.room.health.saveRateLimits()
        await north.room.sharing?.look()
        #expect(north.world.message(stream: false).status == 429)
        let stored = try await house.storage.database.read { try RateLimitStore.limits(on: $0) }
        #expect(stored.values.first?.count == 2)
    }

    @Test("One instance probes and tidies for all; the other takes over when it dies")
    func duty() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let south = try await house.open(beside: north)
        try await house.pass(.seconds(10), living: [north, south])
        #expect(north.room.duty.holds(.probes))
        #expect(!south.room.duty.holds(.probes))
        try await house.pass(.seconds(25), living: [south])
        #expect(!north.room.duty.holds(.probes))
        #expect(south.room.duty.holds(.probes))
        #expect(south.room.duty.holds(.chores))
    }
}

/// Waits for what other tasks bring about; they are never more than a moment behind.
func eventually(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("it did not happen within a minute")
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
