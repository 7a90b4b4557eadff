import Fleet
import Routing
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("The ledger of several instances")
struct LedgerSweepTests {
    @Test("An instance that starts leaves what others have open alone")
    func startingInstance() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let call = north.world.message()
        try await north.room.mover.recover()
        let south = try await house.open(beside: north)
        try await south.room.sweep.run()
        #expect(try await south.world.rows() == ["open ": 1])
        call.complete(stream: true)
        #expect(try await north.world.rows() == ["completed ": 1])
    }

    @Test("What a dead instance left open is interrupted once, after a minute, by one that lives")
    func deadInstance() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let call = north.world.message()
        try await north.room.mover.recover()
        let south = try await house.open(beside: north)
        try await house.pass(.seconds(40), living: [south])
        #expect(try await south.room.sweep.run() == 0)
        try await house.pass(.seconds(40), living: [south])
        #expect(try await south.room.sweep.run() == 1)
        #expect(try await south.room.sweep.run() == 0)
        #expect(try await south.world.rows() == ["interrupted gateway.interrupted": 1])
        #expect(try await figures(of: house) == [1, 1])
        withExtendedLifetime(call) {}
    }

    @Test("Only who has the lease sweeps")
    func lease() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let south = try await house.open(beside: north)
        let west = try await house.open(beside: north)
        let call = north.world.message()
        try await north.room.mover.recover()
        try await house.pass(.seconds(90), living: [south, west])
        let holder = south.room.duty.holds(.chores) ? south : west
        let other = south.room.duty.holds(.chores) ? west : south
        #expect(try await other.room.sweep.run() == 0)
        #expect(try await holder.room.sweep.run() == 1)
        withExtendedLifetime(call) {}
    }

    @Test("A journal that comes back on its own disk books nothing twice")
    func comingBack() async throws {
        let house = try await FleetHouse()
        let directory: TemporaryDirectory
        do {
            let north = try await house.open()
            directory = north.directory
            let swept = north.world.message()
            try await north.room.mover.recover()
            let south = try await house.open(beside: north)
            try await house.pass(.seconds(80), living: [south])
            #expect(try await south.room.sweep.run() == 1)
            // What the dead one had still to say, and never moved.
            swept.complete(stream: true)
            north.world.message().complete(stream: true)
            let back = try await house.open(beside: south, in: directory)
            #expect(try await back.world.rows() == ["completed ": 1, "interrupted gateway.interrupted": 1])
            #expect(try await figures(of: house) == [2, 1])
        }
    }

    @Test("An instance that was taken for dead and lives on books nothing twice, and goes on")
    func takenForDead() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let call = north.world.message()
        try await north.room.mover.recover()
        let south = try await house.open(beside: north)
        try await house.pass(.seconds(80), living: [south])
        #expect(try await south.room.sweep.run() == 1)
        try await north.fleet.beat()
        call.complete(stream: true)
        north.world.message().complete(stream: true)
        await #expect(throws: LedgerError.swept) { try await north.room.mover.recover() }
        try await north.room.mover.recover()
        #expect(try await south.world.rows() == ["completed ": 1, "interrupted gateway.interrupted": 1])
        #expect(try await figures(of: house) == [2, 1])
    }

    @Test("A restart on the same disk takes up its own journal and no other")
    func restart() async throws {
        let house = try await FleetHouse()
        let north = try await house.open()
        let south = try await house.open(beside: north)
        let (one, two) = (north.world.message(), south.world.message())
        try await north.room.mover.recover()
        try await south.room.mover.recover()
        let again = try await house.open(beside: south, in: north.directory)
        #expect(try await again.world.rows() == ["interrupted gateway.interrupted": 1, "open ": 1])
        withExtendedLifetime((one, two)) {}
    }

    @Test("A house that was one instance brings its journal along")
    func adoption() async throws {
        let house = try await FleetHouse()
        let ledger = try await Ledger.open(
            folder: house.storage.directory.path + "/ledger", database: house.storage.database, clock: house.clock, logger: .silent)
        let mover = LedgerMover(ledger: ledger, database: house.storage.database, pricing: NoPrices(), logger: .silent)
        let entry = try ledger.openRequest(
            RequestOpening(
                id: .make(at: house.clock.now()), workspace: .make(at: house.clock.now()), key: nil, operation: "messages", model: "m"))
        try await mover.move()
        entry.close(RequestClosing(status: .completed, httpStatus: 200, attempts: 0, durationMilliseconds: 1))
        let shared = try await Ledger.open(
            folder: house.storage.directory.path + "/ledger", database: house.storage.database, instance: .make(at: house.clock.now()),
            clock: house.clock, logger: .silent)
        try await LedgerMover(ledger: shared, database: house.storage.database, pricing: NoPrices(), logger: .silent).move()
        let states = try await house.storage.database.read { connection in
            try connection.rows("SELECT status FROM gateway_request").map { try $0.get(0, as: String.self) }
        }
        #expect(states == ["completed"])
    }

    /// Requests and failures of all hours.
    private func figures(of house: FleetHouse) async throws -> [Int] {
        try await house.storage.database.read { connection in
            let row = try connection.row("SELECT SUM(requests), SUM(failures) FROM gateway_hour")
            return [try row?.get(0) ?? 0, try row?.get(1) ?? 0]
        }
    }
}

private struct NoPrices: UsagePricing {
    func bill(
        _ tokens: PricedTokens, model: String, workspace: WorkspaceID, at time: Timestamp, tier: PriceTier, geo: String?
    ) -> [PriceLine]? { nil }
}
