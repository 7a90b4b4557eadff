import Fleet
import Relay
import Routing
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("Limits that instances share", .serialized)
struct SharedLimitsTests {
    @Test("Requests at once are counted over all instances, and a place that is free is free for all")
    func concurrency() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(2)))
        let south = try await house.open(beside: north)
        try await house.running([north, south]) {
            let (one, two) = (north.world.message(), south.world.message())
            await one.settle()
            await two.settle()
            #expect(one.node == "north" && two.node == "north")
            for instance in [north, south] {
                let refused = instance.world.message()
                await refused.settle()
                #expect(refused.status == 429)
                #expect(refused.code == "gateway.concurrency")
            }
            one.complete(stream: true)
            let three = south.world.message()
            await three.settle()
            #expect(three.node == "north")
            for call in [two, three] { call.complete(stream: true) }
            #expect(north.world.leftovers.isEmpty && south.world.leftovers.isEmpty)
        }
    }

    @Test("Nothing is refused because another instance sits on what it does not use", arguments: [true, false])
    func noFalseRefusal(hasHints: Bool) async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(64)))
        let south = try await house.open(beside: north)
        if !hasHints { for instance in [north, south] { instance.bus.cut() } }
        try await house.running([north, south]) {
            let held = try #require(await begin(north))
            #expect(north.shares?.parts[.concurrency]?.idle == 7)
            let start = ContinuousClock.now
            for _ in 0..<63 { #expect(await begin(south) != nil) }
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(await begin(south) == nil)
            end(held, on: north)
            #expect(await begin(south) != nil)
        }
    }

    @Test("What a dead instance held and did not use is free after 15 s, what ran there when it is forgotten")
    func deadInstance() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(64)))
        let south = try await house.open(beside: north)
        try await house.running([north]) { _ = await begin(north) }
        // It dies with a request under way.
        north.room.control.state.withLock { $0.sharing = nil }
        _ = try await house.storage.database.write { try $0.execute("UPDATE gateway_share SET held = 1, idle = 7") }
        try await house.running([south]) {
            #expect(await count(south) == 56)
            try await house.pass(.seconds(20), living: [south])
            #expect(await count(south) == 7)
            try await house.pass(.seconds(60), living: [south])
            // What it was told just before may hold for a moment.
            try await eventually { await count(south) == 1 }
        }
    }

    @Test("An instance that can give no sign of life does not use what others may take for free")
    func fencing() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(64)))
        try await house.running([north]) { #expect(await begin(north) != nil) }
        let now = Health.reading(house.clock)
        try await house.pass(.seconds(15), living: [])
        guard case .undecided = north.room.control.admission(north.world.key, nothing, at: now) else {
            Issue.record("it used what it held")
            return
        }
    }

    @Test("Money of a day is reserved and spent over all instances, and what was spent stays spent")
    func money() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", budgetDay: .set(100)))
        let south = try await house.open(beside: north)
        try await house.running([north, south]) {
            let one = try #require(await begin(north, money: 60))
            #expect(await refusal(south, money: 60) == .budgetDay)
            end(one, on: north, spent: 10)
            let two = try #require(await begin(south, money: 60))
            #expect(await begin(north, money: 31) == nil)
            let three = try #require(await begin(north, money: 30))
            end(two, on: south, spent: 60)
            end(three, on: north, spent: 30)
            #expect(await refusal(south, money: 0) == .budgetDay)
            #expect(await refusal(north, money: 1) == .budgetDay)
        }
        try await house.pass(.seconds(80), living: [south])
        let west = try await house.open(beside: south)
        try await house.running([west]) {
            #expect(await refusal(west, money: 1) == .budgetDay)
            house.clock.advance(by: .seconds(86_400))
            #expect(await begin(west, money: 100) != nil)
        }
    }

    @Test("What the ledger knows counts from the first request on")
    func ledgerFirst() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", budgetDay: .set(100)))
        let place = UsagePlace(
            workspace: north.world.lantern.ulid, hour: house.clock.now().floored(to: 3_600_000), key: north.world.key.id.ulid, node: nil,
            model: "m", servedModel: "m")
        var figures = UsageFigures()
        figures.cost = 70
        try await house.storage.database.write { [figures] in try LedgerStore.add([place: figures], on: $0) }
        try await house.running([north]) {
            #expect(await refusal(north, money: 31) == .budgetDay)
            #expect(await begin(north, money: 30) != nil)
        }
    }

    @Test("Requests and tokens a minute are counted over all instances")
    func rates() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", requestsPerMinute: .set(30), tokensPerMinute: .set(10_000)))
        let south = try await house.open(beside: north)
        try await house.running([north, south]) {
            var admitted = 0
            for number in 0..<60 where await begin(number.isMultiple(of: 2) ? north : south) != nil { admitted += 1 }
            #expect(admitted == 30)
            #expect(await refusal(south) == .requestsPerMinute)
            house.clock.advance(by: .seconds(60))
            let one = try #require(await begin(north, tokens: 6_000))
            #expect(await refusal(south, tokens: 5_000) == .tokensPerMinute)
            end(one, on: north, tokens: 1_000)
            var tries = 0
            while await begin(south, tokens: 5_000) == nil, tries < 100 {
                tries += 1
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(tries < 100)
        }
    }

    @Test("Under random load on three instances, hints lost or not, no limit is ever passed", arguments: [true, false])
    func randomLoad(hasHints: Bool) async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(9), budgetDay: .set(4_000)))
        let instances = [north, try await house.open(beside: north), try await house.open(beside: north)]
        if !hasHints { for instance in instances { instance.bus.cut() } }
        let tally = Tally()
        try await house.running(instances) {
            await withTaskGroup { group in
                for worker in 0..<24 {
                    let (room, key, clock) = (instances[worker % 3].room, north.world.key, house.clock)
                    group.addTask {
                        for _ in 0..<25 {
                            let estimate = Int64.random(in: 5...40)
                            guard let place = await Self.begin(room, key, KeyUse(tokens: 0, nanoDollars: estimate), clock) else { continue }
                            tally.began(estimate)
                            try? await Task.sleep(for: .milliseconds(Int.random(in: 0...6)))
                            let used = Int64.random(in: 0...estimate)
                            tally.ended(estimate, used)
                            room.control.settle(place, of: key.id, used: KeyUse(tokens: 0, nanoDollars: used), at: Health.reading(clock))
                        }
                    }
                }
            }
            let end = tally.sums
            #expect(end.most <= 9)
            #expect(end.mostMoney <= 4_000)
            #expect(end.admitted > 50)
            // All of the money can be spent: nothing of it is lost on the way.
            let left = 4_000 - end.money
            if left > 0 { #expect(await begin(north, money: left) != nil) }
            #expect(await refusal(instances[1], money: 1) == .budgetDay)
        }
    }

    @Test("A client that leaves while the others are asked takes nothing")
    func clientLeaves() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(1)))
        do {
            let call = north.world.message()
            #expect(call.isAsking)
            call.tell(.clientLeft)
        }
        try await house.running([north]) {
            try await eventually { north.shares?.usedAt != nil && north.shares?.parts[.concurrency]?.held == 0 }
            let next = north.world.message()
            await next.settle()
            #expect(next.node == "north")
            next.complete(stream: true)
        }
        #expect(north.world.leftovers.isEmpty)
    }

    @Test("A database that does not answer is an overload, soon")
    func noDatabase() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(1)))
        try await house.storage.database.close()
        try await house.running([north]) {
            let call = north.world.message()
            await call.settle()
            #expect(call.status == 529)
            #expect(call.code == "gateway.limits_unknown")
        }
        #expect(north.world.leftovers.isEmpty)
    }

    @Test("A key without limits, and a house of one instance, ask nobody")
    func nobodyAsked() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        #expect(north.world.message().node == "north")
        let alone = try await DispatchWorld(key: KeyChange(name: "ada's", concurrency: .set(1), budgetDay: .set(1_000_000_000)))
        #expect(alone.message().node == "north")
        #expect(alone.room.traffic.limits == nil)
    }

    // MARK: One request

    private let nothing = KeyUse(tokens: 0, nanoDollars: 0)

    private func begin(_ instance: FleetHouse.Instance, money: Int64 = 0, tokens: Int64 = 0) async -> KeyLimits.Reservation? {
        await Self.begin(instance.room, instance.world.key, KeyUse(tokens: tokens, nanoDollars: money), instance.world.clock)
    }

    private static func begin(_ room: GatewayRoom, _ key: GatewayKey, _ use: KeyUse, _ clock: ManualClock) async -> KeyLimits.Reservation? {
        try? await attempt(room, key, use, clock)?.get()
    }

    private func refusal(_ instance: FleetHouse.Instance, money: Int64 = 0, tokens: Int64 = 0) async -> LimitRefusal.Kind? {
        let use = KeyUse(tokens: tokens, nanoDollars: money)
        guard case .failure(let refusal) = await Self.attempt(instance.room, instance.world.key, use, instance.world.clock) else {
            return nil
        }
        return refusal.kind
    }

    private static func attempt(
        _ room: GatewayRoom, _ key: GatewayKey, _ use: KeyUse, _ clock: ManualClock
    ) async -> Result<KeyLimits.Reservation, LimitRefusal>? {
        switch room.control.admission(key, use, at: Health.reading(clock)) {
        case .admitted(let reservation): .success(reservation)
        case .refused(let refusal): .failure(refusal)
        case .undecided: await room.traffic.limits?.obtain(key, use)
        }
    }

    private func end(_ place: KeyLimits.Reservation, on instance: FleetHouse.Instance, spent: Int64 = 0, tokens: Int64 = 0) {
        instance.room.control.settle(
            place, of: instance.world.key.id, used: KeyUse(tokens: tokens, nanoDollars: spent), at: Health.reading(instance.world.clock))
    }

    /// How many more can begin there, which then run.
    private func count(_ instance: FleetHouse.Instance) async -> Int {
        var count = 0
        while count < 100, await begin(instance) != nil { count += 1 }
        return count
    }
}

/// What runs, and what is spent or reserved, as the callers know it.
private final class Tally: Sendable {
    struct Sums {
        var (running, most, admitted) = (0, 0, 0)
        var (money, mostMoney): (Int64, Int64) = (0, 0)
    }

    private let state = Mutex(Sums())

    var sums: Sums { state.withLock { $0 } }

    func began(_ estimate: Int64) {
        state.withLock { sums in
            sums.running += 1
            sums.money += estimate
            sums.admitted += 1
            (sums.most, sums.mostMoney) = (max(sums.most, sums.running), max(sums.mostMoney, sums.money))
        }
    }

    func ended(_ estimate: Int64, _ used: Int64) {
        state.withLock { sums in
            sums.running -= 1
            sums.money -= estimate - used
        }
    }
}
